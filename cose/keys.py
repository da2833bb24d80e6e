"""A public key as we trust it: what it is, what it may sign, and when.

A record screens its key as it is made, so an enrolled key is a good one. The
kid is derived from the key (RFC 9679), never chosen by whoever sends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from nacl import bindings
from nacl.exceptions import CryptoError

from cose import cbor
from cose.errors import KeyRefused
from cose.signing import ED25519, EDDSA_DEPRECATED

SEALED_BOX: Final = -70100
"""Our private number for X25519 keys that open sealed boxes; COSE has none."""

KID_BYTES: Final = 8

OKP: Final = 1
"""COSE's number for keys that are one coordinate: every key we have."""


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
    members: dict[int, int | bytes] = {1: OKP, -1: curve_of(algorithm), -2: public_key}
    return thumbprint(members)[:KID_BYTES]


def thumbprint(members: Mapping[int, int | bytes]) -> bytes:
    """Return the SHA-256 thumbprint of a key's required members (RFC 9679, 3)."""
    return sha256(cbor.encode(dict(members))).digest()


def curve_of(algorithm: int) -> int:
    """Return COSE's number of the curve that keys of `algorithm` lie on."""
    try:
        return _CURVES[algorithm]
    except KeyError:
        raise KeyRefused(f"algorithm {algorithm} is not one we have keys for") from None


def screen(public_key: bytes, algorithm: int) -> None:
    """Refuse a key that is not 32 bytes, or that a forger could sign under."""
    curve = curve_of(algorithm)
    if len(public_key) != 32:
        raise KeyRefused("a public key of this kind is 32 bytes")
    if curve == _ED25519 and not bindings.crypto_core_ed25519_is_valid_point(public_key):
        raise KeyRefused("not a point of Ed25519's prime-order group")
    if curve == _X25519 and not _agrees(public_key):
        raise KeyRefused("a point of small order on Curve25519")


_ED25519 = 6
_X25519 = 4
_CURVES = {ED25519: _ED25519, EDDSA_DEPRECATED: _ED25519, SEALED_BOX: _X25519}


def _agrees(public_key: bytes) -> bool:
    try:
        bindings.crypto_scalarmult(bytes([1] * 32), public_key)
    except CryptoError:
        return False
    return True
