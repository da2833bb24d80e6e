"""Codes on paper: what was decided, in a QR code that anyone can check without asking us.

Whoever holds the paper can copy the code, so it names nobody: neither a name nor
a number is in it. It says what was decided when it was printed; whether that
still holds is asked online. Nothing is compressed: small tokens only grow by it,
and what inflates invites bombs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Final

import base45  # type: ignore[import-untyped]

from cose import Signer, sign1
from identity.claim_forms import MOMENT, SKEW, Claim, raw, text
from identity.claimset import decode_claims, encode_claims
from identity.envelope import check_signature, parsed
from identity.errors import TokenRefused
from identity.trust import Trust

PAPER: Final = "application/tb1+cwt"
PREFIX: Final = "TB1:"
LIFETIME: Final = timedelta(days=180)
COMMITMENT: Final = 12
"""So many bytes are left of a case's commitment."""

_LIMIT = 512
_LONGEST = len(PREFIX) + _LIMIT * 3 // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCode:
    """What a code says: who decided what, in which matter, and until when it can be shown."""

    issuer: Annotated[str, Claim(1, text(16))]
    expires_at: Annotated[datetime, Claim(4, MOMENT)]
    issued_at: Annotated[datetime, Claim(6, MOMENT)]
    cti: Annotated[bytes, Claim(7, raw(8))]
    case_commitment: Annotated[bytes, Claim(-70001, raw(COMMITMENT))]
    purpose: Annotated[str, Claim(-70002, text(80))]
    result: Annotated[str, Claim(-70004, text(32))]


def truncated_commitment(salt: bytes, case: bytes) -> bytes:
    """Return what a code says of its case: nothing to whoever does not hold the salt."""
    return sha256(salt + case).digest()[:COMMITMENT]


def issue_code(code: PaperCode, signer: Signer) -> str:
    """Return `code` as the text of a QR code, `TB1:` and base45 (RFC 9285)."""
    token = sign1(signer, typ=PAPER, payload=encode_claims(code))
    return _written(token)


def read_code(written: str, trust: Trust, *, now: datetime) -> PaperCode:
    """Return what the code proves, or raise `TokenRefused`; an old one is read as well.

    It says nothing of whether the decision still stands, nor whether the code has
    expired at `now`: the paper stays what it was, so that is for the caller to say.
    """
    # 1. It is written in the one way there is (RFC 9285), and not too long.
    token = _token(written)
    # 2-3. It is one COSE_Sign1 within its limit, and signed as a code on paper.
    envelope = parsed(token, PAPER, limit=_LIMIT)
    # 4. Its claims are complete and well-formed (RFC 8392, 3.1).
    code = decode_claims(PaperCode, envelope.payload or b"")
    # 5. The issuer had one key for codes of this kid, and it was valid at the time.
    record = trust.find(code.issuer, envelope.kid, PAPER)
    if not record.is_valid_at(code.issued_at) or record.revoked_at is not None:
        raise TokenRefused("trust: the key was not valid at this time, or was revoked")
    # 6. The signature covers headers and claims (RFC 9052, 4.4).
    check_signature(envelope, record)
    # 7. It was issued, and does not live too long (RFC 8392, 3.1.4-6).
    if code.issued_at > now + SKEW:
        raise TokenRefused("times: issued in the future")
    if not timedelta(0) < code.expires_at - code.issued_at <= LIFETIME:
        raise TokenRefused("times: a life longer than we grant")
    return code


def _written(token: bytes) -> str:
    code: bytes = base45.b45encode(token)
    return PREFIX + code.decode()


def _token(written: str) -> bytes:
    if not written.startswith(PREFIX) or len(written) > _LONGEST:
        raise TokenRefused(f"code: not {PREFIX} and at most {_LIMIT} bytes")
    body = written[len(PREFIX) :]
    try:
        token: bytes = base45.b45decode(body)
    except ValueError as error:
        raise TokenRefused("code: not base45") from error
    # Decoding forgives a line's end; one text has one reading.
    if _written(token) != written:
        raise TokenRefused("code: not base45")
    return token
