"""A public key as we trust it: what it is, what it may sign, and when.

A record screens its key as it is made, so an enrolled key is a good one. The
kid is derived from the key (RFC 9679), never chosen by whoever sends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from cose import cbor
from cose.algorithms import algorithm_of
from cose.ed25519 import ED25519
from cose.errors import KeyRefused

KID_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """One enrolled key; `use` lists every `typ` it may stand under, and nothing else."""

    public_key: bytes
    algorithm: int
    use: frozenset[str]
    not_before: datetime
    expires: datetime
    revoked_at: datetime | None = None
    kid: bytes = field(init=False)

    def __post_init__(self) -> None:
        screen(self.public_key, self.algorithm)
        if self.expires <= self.not_before:
            raise KeyRefused("a key has to be valid for some time")
        object.__setattr__(self, "kid", kid_of(self.public_key, self.algorithm))

    def is_valid_at(self, moment: datetime) -> bool:
        """Say whether what was signed at `moment` counts."""
        if self.revoked_at is not None and self.revoked_at <= moment:
            return False
        return self.not_before <= moment < self.expires


def kid_of(public_key: bytes, algorithm: int = ED25519) -> bytes:
    """Return the first eight bytes of the key's thumbprint."""
    return thumbprint(algorithm_of(algorithm).members(public_key))[:KID_BYTES]


def thumbprint(members: Mapping[int, int | bytes]) -> bytes:
    """Return the SHA-256 thumbprint of a key's required members (RFC 9679, 3)."""
    return sha256(cbor.encode(dict(members))).digest()


def screen(public_key: bytes, algorithm: int) -> None:
    """Refuse a key of another length, or one that a forger could sign under."""
    algorithm_of(algorithm).check(public_key)
