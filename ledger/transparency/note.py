"""Signed notes (C2SP signed-note): a text, and under it who signed it.

Parsing proves form and nothing else. A signature by a key we do not know is
passed over; a wrong one by a key we do know refuses the whole note.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from cose import Signer
from ledger.transparency import strict_base64
from ledger.transparency.errors import NoteRefused
from ledger.transparency.note_key import (
    KEY_ID_BYTES,
    LOG,
    WITNESS,
    NoteKey,
    is_name,
    log_signature,
    witness_signature,
)

NOTE_LIMIT: Final = 131_072
MAX_SIGNATURES: Final = 32
"""Both leave room for sixteen signatures of the largest kind there is."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line under a note: the key's name and id, and what it made of the text."""

    name: str
    key_id: bytes
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, line: str) -> Self:
        """Return the signature in `line`, without its newline, or raise `NoteRefused`."""
        dash, _, named = line.partition(" ")
        name, _, encoded = named.partition(" ")
        if dash != _DASH or not is_name(name):
            raise NoteRefused("a line under the text is not a signature")
        blob = strict_base64.decode(encoded)
        if len(blob) <= KEY_ID_BYTES:
            raise NoteRefused("a signature line holds no signature")
        return cls(name, blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])

    @property
    def line(self) -> str:
        """The line, with its newline."""
        return f"{_DASH} {self.name} {strict_base64.encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends in a newline, and the signatures under it."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Return the note in `data`, or raise `NoteRefused`."""
        text, found, lines = _plain(data).rpartition("\n\n")
        if not found:
            raise NoteRefused("a note is a text, an empty line and signature lines")
        return cls(f"{text}\n", _signatures(lines))

    def __bytes__(self) -> bytes:
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}".encode()

    def verify(self, keys: Iterable[NoteKey]) -> dict[NoteKey, int | None]:
        """Return which of `keys` signed, each witness with the time it states.

        Raises `NoteRefused` if a signature of one of them is wrong, or if none
        of them signed.
        """
        known = {(key.name, key.key_id): key for key in keys}
        signed: dict[NoteKey, int | None] = {}
        for each in self.signatures:
            key = known.get((each.name, each.key_id))
            if key is not None:
                signed[key] = key.verify(self.text, each.signature)
        if not signed:
            raise NoteRefused("no key that is known signed this note")
        return signed


def sign(text: str, name: str, signer: Signer) -> NoteSignature:
    """Return a log's signature under `text`."""
    key = NoteKey(name, LOG, signer.public_key)
    return NoteSignature(name, key.key_id, log_signature(text, signer))


def cosign(text: str, name: str, signer: Signer, at: datetime) -> NoteSignature:
    """Return a witness's signature under `text`, which it saw at `at`."""
    key = NoteKey(name, WITNESS, signer.public_key)
    return NoteSignature(name, key.key_id, witness_signature(text, signer, at))


_DASH = "\u2014"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def _plain(data: bytes) -> str:
    if len(data) > NOTE_LIMIT:
        raise NoteRefused(f"a note of {len(data)} bytes; at most {NOTE_LIMIT} are taken")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise NoteRefused("a note is UTF-8") from error
    if _CONTROL.search(text):
        raise NoteRefused("a note holds no control characters")
    return text


def _signatures(lines: str) -> tuple[NoteSignature, ...]:
    *each, rest = lines.split("\n")
    if rest or not 0 < len(each) <= MAX_SIGNATURES:
        raise NoteRefused(f"a note has one to {MAX_SIGNATURES} signature lines")
    return tuple(map(NoteSignature.parse, each))
