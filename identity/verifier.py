"""The one way a token becomes claims, step by step.

A token proves nothing until the caller has also consumed its `once` keys: two
processes offered the same token at once both find it well signed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from cose import CoseError, KeyRecord, Sign1
from identity.claims import Assertion, Session, VerificationRequest
from identity.claimset import decode_claims
from identity.errors import TokenRefused
from identity.refusals import signed_but_refused
from identity.trust import Trust

SKEW: Final = timedelta(seconds=60)


class Claims(Protocol):
    """What every kind of token says."""

    @property
    def issuer(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def issued_at(self) -> datetime: ...
    @property
    def expires_at(self) -> datetime: ...
    @property
    def once(self) -> tuple[str, ...]: ...


C = TypeVar("C", bound=Claims)


@dataclass(frozen=True, slots=True)
class TokenKind(Generic[C]):
    """A `typ`, the claims under it, and the longest life we grant it."""

    typ: str
    claims: type[C]
    lifetime: timedelta


REQUEST: Final = TokenKind(
    "application/pprd-idvreq+cwt", VerificationRequest, timedelta(seconds=300)
)
ASSERTION: Final = TokenKind("application/pprd-idv+cwt", Assertion, timedelta(seconds=600))
SESSION: Final = TokenKind("application/tongban-session+cwt", Session, timedelta(hours=1))


class Verified(msgspec.Struct, Generic[C], frozen=True, kw_only=True):
    """Claims that hold, the keys to consume with them, and the token's SHA-256."""

    claims: C
    once: tuple[str, ...]
    digest: bytes


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies what is meant for `audience`, under the keys of `trust`."""

    trust: Trust
    audience: str

    def verify(self, token: bytes, kind: TokenKind[C], *, now: datetime) -> Verified[C]:
        """Return what `token` proves at `now`, or raise `TokenRefused`."""
        # 1. The envelope is one COSE_Sign1 within its limit (RFC 9052, 4.2).
        envelope = _parsed(token)
        # 2. It is a token of the kind asked for (RFC 9596, 2).
        _require(envelope.typ == kind.typ, "typ: another kind of token")
        # 3. Its claims are complete and well-formed (RFC 8392, 3.1).
        claims = decode_claims(kind.claims, envelope.payload or b"")
        # 4. The issuer has one key of this kid for this kind, and it is valid now.
        record = self.trust.find(claims.issuer, envelope.kid, kind.typ)
        _require(record.is_valid_at(now), "trust: the key is not valid at this time")
        # 5. The signature covers headers and claims (RFC 9052, 4.4).
        _check_signature(envelope, record)
        try:
            # 6. It is for us and nobody else (RFC 8392, 3.1.3).
            _require(claims.audience == self.audience, "audience: meant for another")
            # 7. It was issued, has not expired and does not live too long (RFC 8392, 3.1.4-6).
            _check_times(claims, kind.lifetime, now)
        except TokenRefused as error:
            # From here on it is known who made it, so the refusal can be told of them.
            raise signed_but_refused(
                error, issuer=claims.issuer, typ=kind.typ, token=token
            ) from error
        return Verified(claims=claims, once=claims.once, digest=sha256(token).digest())


def _parsed(token: bytes) -> Sign1:
    try:
        return Sign1.parse(token)
    except CoseError as error:
        raise TokenRefused(f"envelope: {error}") from error


def _check_signature(envelope: Sign1, record: KeyRecord) -> None:
    try:
        envelope.verify(record)
    except CoseError as error:
        raise TokenRefused(f"signature: {error}") from error


def _check_times(claims: Claims, lifetime: timedelta, now: datetime) -> None:
    _require(claims.issued_at <= now + SKEW, "times: issued in the future")
    _require(now < claims.expires_at + SKEW, "times: expired")
    life = claims.expires_at - claims.issued_at
    _require(timedelta(0) < life <= lifetime, "times: a life longer than we grant")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TokenRefused(otherwise)
