"""Tree heads as the log publishes them (C2SP tlog-checkpoint).

Origin, size and root in a signed note. The log's key bears the origin as its
name, so that one log's checkpoint cannot stand in for another's; cosignatures
of witnesses stand beside its signature and never instead of it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from cose import Signer
from ledger.transparency import strict_base64
from ledger.transparency.errors import NoteRefused
from ledger.transparency.note import Note, sign
from ledger.transparency.note_key import LOG, WITNESS, NoteKey
from ledger.transparency.proof import HASH_BYTES

MAX_SIZE: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: this origin, at this size, has this root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the checkpoint that `text` is, or raise `NoteRefused`."""
        *lines, rest = text.split("\n")
        if rest or len(lines) < 3 or not all(lines):
            raise NoteRefused("a checkpoint is three lines or more, and none of them empty")
        origin, size, root, *extensions = lines
        checkpoint = cls(origin, parse_size(size), strict_base64.decode(root), (*extensions,))
        if len(checkpoint.root) != HASH_BYTES:
            raise NoteRefused(f"a checkpoint's root is {HASH_BYTES} bytes")
        return checkpoint

    @property
    def text(self) -> str:
        """What is signed: a line each."""
        lines = (self.origin, str(self.size), strict_base64.encode(self.root), *self.extensions)
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint its log signed, with the second each known witness says it saw it."""

    checkpoint: Checkpoint
    note: Note
    cosigned: Mapping[NoteKey, int]


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the note of `checkpoint`, signed by its log."""
    text = Checkpoint.parse(checkpoint.text).text
    return bytes(Note(text, (sign(text, checkpoint.origin, signer),)))


def open_checkpoint(
    data: bytes, log: Iterable[NoteKey], witnesses: Iterable[NoteKey] = ()
) -> SignedCheckpoint:
    """Return the checkpoint in `data`, or raise `NoteRefused` unless its log signed it."""
    note = Note.parse(data)
    checkpoint = Checkpoint.parse(note.text)
    own = {key for key in log if key.kind == LOG and key.name == checkpoint.origin}
    signed = note.verify([*own, *(key for key in witnesses if key.kind == WITNESS)])
    if own.isdisjoint(signed):
        raise NoteRefused("the log itself did not sign this checkpoint")
    cosigned = {key: at for key, at in signed.items() if at is not None}
    return SignedCheckpoint(checkpoint, note, cosigned)


def add_cosignatures(data: bytes, answer: bytes, witnesses: Iterable[NoteKey]) -> bytes:
    """Return the checkpoint in `data` with those cosignatures of an answer that we know.

    A witness's older one gives way. Raises `NoteRefused` if one is wrong or
    states no time, or if none is of `witnesses`.
    """
    note = Note.parse(data)
    offered = Note.parse(f"{note.text}\n".encode() + answer).signatures
    known = [key for key in witnesses if key.kind == WITNESS]
    signed = Note(note.text, offered).verify(known)
    if not all(signed.values()):
        raise NoteRefused("a witness states no time")
    ids = {(key.name, key.key_id) for key in signed}
    kept = [each for each in note.signatures if (each.name, each.key_id) not in ids]
    added = [each for each in offered if (each.name, each.key_id) in ids]
    return bytes(Note(note.text, (*kept, *added)))


def parse_size(text: str) -> int:
    """Return the tree size that `text` is, in decimal without leading zeros."""
    if not _SIZE.fullmatch(text) or int(text) > MAX_SIZE:
        raise NoteRefused("not the size of a tree")
    return int(text)


_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
