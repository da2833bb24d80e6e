"""The keys that sign notes (C2SP signed-note, tlog-cosignature), and what they sign.

A log signs the text itself; a witness signs a time and the text. Neither can be
taken for a token of ours under the same key: notes are UTF-8, and what COSE
signs begins with a byte that UTF-8 never begins with.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

from cose import ED25519, KeyRefused, Signer, screen, verify_ed25519
from ledger.transparency import strict_base64
from ledger.transparency.errors import NoteRefused

LOG: Final = 0x01
WITNESS: Final = 0x04
"""The kinds of signature: a log's own, and a witness's with its time."""

KEY_ID_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key we know under its name; its id follows from name, kind and key."""

    name: str
    kind: int
    public_key: bytes
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise NoteRefused("a key's name has no spaces and no plus, and is not empty")
        if self.kind not in (LOG, WITNESS):
            raise NoteRefused(f"kind {self.kind} is not one we have keys for")
        try:
            screen(self.public_key, ED25519)
        except KeyRefused as error:
            raise NoteRefused(str(error)) from error
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key
        object.__setattr__(self, "key_id", sha256(named).digest()[:KEY_ID_BYTES])

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Return the key that a C2SP verifier key states, or raise `NoteRefused`."""
        name, _, rest = vkey.partition("+")
        kind_and_key = strict_base64.decode(rest.partition("+")[2])
        key = cls(name, int.from_bytes(kind_and_key[:1]), kind_and_key[1:])
        if key.vkey != vkey:
            raise NoteRefused("a verifier key's id does not follow from the key")
        return key

    @property
    def vkey(self) -> str:
        """The key as one line of text, to be given to whoever is to verify with it."""
        material = strict_base64.encode(bytes([self.kind]) + self.public_key)
        return f"{self.name}+{self.key_id.hex()}+{material}"

    def verify(self, text: str, signature: bytes) -> int | None:
        """Return the time that a witness states, or raise `NoteRefused` if this is not its."""
        at = None
        if self.kind == WITNESS:
            at, signature = int.from_bytes(signature[:_TIME_BYTES]), signature[_TIME_BYTES:]
        if at is not None and at >= _NEVER:
            raise NoteRefused("a witness states a time that never comes")
        if not verify_ed25519(self.public_key, _message(text, at), signature):
            raise NoteRefused(f"the signature of {self.name} is wrong")
        return at


def log_signature(text: str, signer: Signer) -> bytes:
    """Return what a log's key makes of `text`."""
    return signer.sign(_message(text, None))


def witness_signature(text: str, signer: Signer, at: datetime) -> bytes:
    """Return what a witness's key makes of `text`, seen at `at`."""
    seconds = int(at.timestamp())
    return seconds.to_bytes(_TIME_BYTES) + signer.sign(_message(text, seconds))


def is_name(name: str) -> bool:
    """Say whether a key may be called `name`."""
    return bool(name) and not any(c == "+" or c < " " or c.isspace() for c in name)


_TIME_BYTES = 8
_NEVER = 1 << 63


def _message(text: str, at: int | None) -> bytes:
    if at is None:
        return text.encode()
    return f"cosignature/v1\ntime {at}\n{text}".encode()
