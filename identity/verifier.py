"""The one way a token becomes claims, step by step.

A token proves nothing until the caller has also consumed its `once` keys: two
processes offered the same token at once both find it well signed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from cose import TOKEN_LIMIT, KeyRecord
from identity.claim_forms import SKEW
from identity.claims import Assertion, Session, VerificationRequest
from identity.claimset import decode_claims
from identity.envelope import check_signature, parsed
from identity.errors import TokenRefused
from identity.refusals import signed_but_refused
from identity.trust import Trust


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
    """A `typ`, the claims under it, the longest life we grant it, and its greatest size."""

    typ: str
    claims: type[C]
    lifetime: timedelta
    limit: int = TOKEN_LIMIT


REQUEST: Final = TokenKind(
    "application/pprd-idvreq+cwt", VerificationRequest, timedelta(seconds=300)
)
ASSERTION: Final = TokenKind("application/pprd-idv+cwt", Assertion, timedelta(seconds=600))
SESSION: Final = TokenKind("application/tongban-session+cwt", Session, timedelta(hours=1))


class Verified(msgspec.Struct, Generic[C], frozen=True, kw_only=True):
    """Claims that hold, the keys to consume with them, who signed, and the token's SHA-256."""

    claims: C
    digest: bytes
    record: KeyRecord

    @property
    def once(self) -> tuple[str, ...]:
        """What its receiver has to consume, in the transaction that records it."""
        return self.claims.once


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies what is meant for `audience`, under the keys of `trust`."""

    trust: Trust
    audience: str

    def verify(self, token: bytes, kind: TokenKind[C], *, now: datetime) -> Verified[C]:
        """Return what `token` proves at `now`, or raise `TokenRefused`."""
        # 1-2. It is one COSE_Sign1 within its limit, and a token of the kind asked for.
        envelope = parsed(token, kind.typ, limit=kind.limit)
        # 3. Its claims are complete and well-formed (RFC 8392, 3.1).
        claims = decode_claims(kind.claims, envelope.payload or b"", limit=kind.limit)
        # 4. The issuer has one key of this kid for this kind, and it is valid now.
        record = self.trust.find(claims.issuer, envelope.kid, kind.typ)
        if not record.is_valid_at(now):
            raise TokenRefused("trust: the key is not valid at this time")
        # 5. The signature covers headers and claims (RFC 9052, 4.4).
        check_signature(envelope, record)
        try:
            # 6. It is for us and nobody else (RFC 8392, 3.1.3).
            if claims.audience != self.audience:
                raise TokenRefused("audience: meant for another")
            # 7. It was issued, has not expired and does not live too long (RFC 8392, 3.1.4-6).
            _check_times(claims, kind.lifetime, now)
        except TokenRefused as error:
            # From here on it is known who made it, so the refusal can be told of them.
            raise signed_but_refused(
                error, issuer=claims.issuer, typ=kind.typ, token=token
            ) from error
        return Verified(claims=claims, digest=sha256(token).digest(), record=record)

    def check_still(self, verified: Verified[C], kind: TokenKind[C], *, now: datetime) -> None:
        """Raise `TokenRefused` unless what was `verified` before would be at `now`.

        Its bytes are as they were, so only what changes is looked at: steps 4 and 7.
        """
        claims, known = verified.claims, verified.record
        record = self.trust.find(claims.issuer, known.kid, kind.typ)
        if record.public_key != known.public_key or not record.is_valid_at(now):
            raise TokenRefused("trust: the key is not valid at this time")
        _check_times(claims, kind.lifetime, now)


def _check_times(claims: Claims, lifetime: timedelta, now: datetime) -> None:
    issued_at, expires_at = claims.issued_at, claims.expires_at
    if issued_at > now + SKEW:
        raise TokenRefused("times: issued in the future")
    if now >= expires_at + SKEW:
        raise TokenRefused("times: expired")
    if not issued_at < expires_at <= issued_at + lifetime:
        raise TokenRefused("times: a life longer than we grant")
