"""Identifiers on their way to the home region, readable by nobody in between.

A sealed box is anonymous. Issuer and token id are inside it, so a box lifted
into another region's request, or another request of the same one, is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from nacl import bindings
from nacl.exceptions import CryptoError

import cose
from cose import SEALED_BOX, KeyRecord, quick
from identity.claim_forms import refuse
from identity.claim_values import Sealed
from identity.trust import SEALING

_SHUT: Final = "the box does not open"


def seal(identifiers: Mapping[str, str], *, issuer: str, cti: bytes, key: KeyRecord) -> Sealed:
    """Return `identifiers` sealed to `key`, for the request of `issuer` named `cti`."""
    return seal_content(dict(identifiers), issuer=issuer, cti=cti, key=key)


def seal_content(content: object, *, issuer: str, cti: bytes, key: KeyRecord) -> Sealed:
    """Return `content` sealed to `key`, for the token of `issuer` named `cti`."""
    plain = cose.encode([issuer, cti, content])
    return Sealed(kid=key.kid, box=bindings.crypto_box_seal(plain, key.public_key))


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The private half of a key that others seal to."""

    public_key: bytes
    kid: bytes
    _secret: bytes = field(repr=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Return the key that follows from a 32-byte seed."""
        public_key, secret = bindings.crypto_box_seed_keypair(seed)
        return cls(public_key, cose.kid_of(public_key, SEALED_BOX), secret)

    def record(self, *, not_before: datetime, expires: datetime) -> KeyRecord:
        """Return the public record others enrol to seal to this key."""
        return KeyRecord(
            public_key=self.public_key,
            algorithm=SEALED_BOX,
            use=frozenset({SEALING}),
            not_before=not_before,
            expires=expires,
        )

    def open(self, sealed: Sealed, *, issuer: str, cti: bytes) -> dict[str, str]:
        """Return the identifiers, or raise `TokenRefused` if the box is not this request's."""
        plain = self._opened(sealed)
        # Quick, because every part of it is looked at.
        inner = quick.decode(plain) or _decoded(plain)
        return _identifiers(_content(inner, issuer, cti))

    def open_content(self, sealed: Sealed, *, issuer: str, cti: bytes) -> object:
        """Return what was sealed, or raise `TokenRefused` if the box is not this token's."""
        return _content(_decoded(self._opened(sealed)), issuer, cti)

    def _opened(self, sealed: Sealed) -> bytes:
        try:
            return bindings.crypto_box_seal_open(sealed.box, self.public_key, self._secret)
        except CryptoError:
            refuse(_SHUT)


def _decoded(plain: bytes) -> object:
    try:
        return cose.decode(plain)
    except cose.CborRefused:
        refuse(_SHUT)


def _content(inner: object, issuer: str, cti: bytes) -> object:
    if type(inner) is not list or inner[:2] != [issuer, cti] or len(inner) != 3:
        refuse("the box belongs to another request or message")
    return inner[2]


def _identifiers(found: object) -> dict[str, str]:
    if type(found) is not dict or not 0 < len(found) <= 16:
        refuse("the box holds no identifiers")
    if not all(type(part) is str for pair in found.items() for part in pair):
        refuse("identifiers are texts")
    return found
