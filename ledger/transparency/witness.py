"""What a witness makes of a log's new checkpoint (C2SP tlog-witness, add-checkpoint).

`weigh` decides and writes nothing. Between it and the cosignature the
checkpoint has to become the log's latest, durably and in one transaction, or
two requests at once could be cosigned one after the other the wrong way round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from ledger.transparency import strict_base64
from ledger.transparency.checkpoint import Checkpoint, open_checkpoint, parse_size
from ledger.transparency.errors import (
    CheckpointInconsistent,
    CheckpointNotSigned,
    NoteRefused,
    OldSizeDiffers,
    OriginUnknown,
    ProofRefused,
    RequestMalformed,
)
from ledger.transparency.merkle import EMPTY_ROOT
from ledger.transparency.note import NOTE_LIMIT, Note
from ledger.transparency.note_key import LOG, NoteKey
from ledger.transparency.proof import HASH_BYTES, MAX_STEPS, roots_from, verify_consistency

REQUEST_LIMIT: Final = NOTE_LIMIT + 4096
HEAD_LIMIT: Final = 4096
"""Bytes of a head's text: two of them and what proves that they differ fit in one entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckpoint:
    """A log asks for a cosignature: from this size on, along this path, to this note."""

    old_size: int
    path: tuple[bytes, ...]
    note: bytes
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return the request in `body`, or raise `RequestMalformed`."""
        if len(body) > REQUEST_LIMIT:
            raise RequestMalformed(f"{len(body)} bytes where at most {REQUEST_LIMIT} are taken")
        head, _, note = body.partition(b"\n\n")
        try:
            old, *path = head.decode("ascii").split("\n")
            return cls(
                old_size=parse_size(old.removeprefix("old ") if old[:4] == "old " else ""),
                path=_hashes(path),
                note=note,
                checkpoint=Checkpoint.parse(_short(Note.parse(note).text)),
            )
        except (NoteRefused, UnicodeDecodeError) as error:
            raise RequestMalformed(f"not a request to add a checkpoint: {error}") from error

    def __bytes__(self) -> bytes:
        lines = [f"old {self.old_size}", *map(strict_base64.encode, self.path), ""]
        return "\n".join(lines).encode() + b"\n" + self.note


@dataclass(frozen=True, slots=True)
class WatchedLog:
    """A log as its witness knows it: its keys, and the checkpoint cosigned last."""

    keys: tuple[NoteKey, ...]
    latest: Checkpoint | None = None


def weigh(request: AddCheckpoint, log: WatchedLog | None) -> Checkpoint:
    """Return the checkpoint to be cosigned, or raise `WitnessRefused`.

    `log` is what is known under the request's origin. The order of the
    refusals is the specification's.
    """
    checkpoint, old = request.checkpoint, request.old_size
    # 1. The origin is one we watch, and a key trusted for it signed.
    if log is None:
        raise OriginUnknown("a log of this origin is not watched here")
    _check_signed(request.note, log.keys)
    # 2. The log grows, and starts from what we cosigned last.
    if old > checkpoint.size:
        raise RequestMalformed("the old size is greater than the new one")
    known = log.latest.size if log.latest else 0
    if old != known:
        raise OldSizeDiffers(known)
    # 3. The new tree continues the old one.
    try:
        _check_continues(log.latest, checkpoint, request.path)
    except ProofRefused as error:
        raise CheckpointInconsistent(str(error)) from error
    return checkpoint


def root_shown(request: AddCheckpoint, size: int) -> tuple[bytes, tuple[bytes, ...]] | None:
    """Return the root at `size` of the tree in a request, and the path that proves it.

    `None` where the request proves none: the path from a complete tree does not tell
    its root, and then only the log's own tiles do.
    """
    shown = request.checkpoint
    if shown.size == size:
        return shown.root, ()
    try:
        root, new = roots_from(size, shown.size, request.path)
    except ProofRefused:
        return None
    return (root, request.path) if new == shown.root else None


def had_root(shown: Checkpoint, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Say whether `path` proves that the tree shown had `root` at `size`."""
    try:
        verify_consistency(size, root, shown.size, shown.root, path)
    except ProofRefused:
        return False
    return True


def as_signed(note: bytes, keys: Sequence[NoteKey]) -> bytes:
    """Return the checkpoint in `note` under a signature of its log's `keys`, and no other.

    Anybody may write lines under it, as long as they like: to keep those would leave no
    room for what it is kept for. Raises `NoteRefused` where the log did not sign it, or
    its text is longer than any head we keep.
    """
    signed = open_checkpoint(note, keys)
    text, origin = _short(signed.note.text), signed.checkpoint.origin
    own = {(key.name, key.key_id) for key in keys if (key.name, key.kind) == (origin, LOG)}
    first = next(s for s in signed.note.signatures if (s.name, s.key_id) in own)
    return bytes(Note(text, (first,)))


def _short(text: str) -> str:
    """Return a head's `text`, or raise `NoteRefused` where it is too long to be kept."""
    if len(text.encode()) > HEAD_LIMIT:
        raise NoteRefused(f"a head of more than {HEAD_LIMIT} bytes")
    return text


def _check_signed(note: bytes, keys: Iterable[NoteKey]) -> None:
    try:
        open_checkpoint(note, keys)
    except NoteRefused as error:
        raise CheckpointNotSigned(str(error)) from error


def _check_continues(old: Checkpoint | None, new: Checkpoint, path: tuple[bytes, ...]) -> None:
    if new.size == 0 and new.root != EMPTY_ROOT:
        raise ProofRefused("the root of an empty log is the hash of nothing")
    if old is not None and old.size > 0:
        verify_consistency(old.size, old.root, new.size, new.root, path)
    elif path:
        raise ProofRefused("from size 0 there is nothing to prove")


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_STEPS:
        raise RequestMalformed(f"a path of more than {MAX_STEPS} steps")
    hashes = tuple(map(strict_base64.decode, lines))
    if any(len(each) != HASH_BYTES for each in hashes):
        raise RequestMalformed(f"a step that is not {HASH_BYTES} bytes")
    return hashes
