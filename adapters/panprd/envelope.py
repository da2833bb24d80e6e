"""What is the same of a message and of its acknowledgement: who signed it, and for whom.

Neither expires, and neither is taken for anything else: each has a `typ` of its own,
and a key has to be recorded for that.
"""

from typing import Protocol, TypeVar

from cose import KeyRecord
from identity.claimset import decode_claims
from identity.envelope import check_signature, parsed
from identity.errors import TokenRefused
from identity.trust import Trust


class Addressed(Protocol):
    """Claims that say from whom and for whom they are."""

    @property
    def issuer(self) -> str: ...
    @property
    def audience(self) -> str: ...


C = TypeVar("C", bound=Addressed)


def open_envelope(
    token: bytes, typ: str, kind: type[C], trust: Trust, audience: str, *, limit: int
) -> tuple[C, KeyRecord]:
    """Return the claims in `token` and the key that signed them, or raise `TokenRefused`.

    Whether the key was valid at the time that counts is for the caller to ask.
    """
    # 1-2. It is one COSE_Sign1 within its limit, and a token of the kind asked for.
    envelope = parsed(token, typ, limit=limit)
    # 3. Its claims are complete and well-formed (RFC 8392, 3.1).
    claims = decode_claims(kind, envelope.payload or b"", limit=limit)
    # 4. It is for us and nobody else (RFC 8392, 3.1.3).
    require(claims.audience == audience, "audience: meant for another")
    # 5. The issuer has one key of this kid for this kind (RFC 9679).
    key = trust.find(claims.issuer, envelope.kid, typ)
    # 6. The signature covers headers and claims (RFC 9052, 4.4).
    check_signature(envelope, key)
    return claims, key


def require(holds: bool, otherwise: str) -> None:
    """Raise `TokenRefused` with `otherwise`, which names the step, unless it holds."""
    if not holds:
        raise TokenRefused(otherwise)
