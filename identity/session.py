"""Our own session tokens, as they travel in `Authorization: Bearer`.

A session is used many times and consumes nothing. What bounds it is its short
life: the verifier's bound holds even for a token that grants itself more.
"""

from datetime import datetime

from cose import TOKEN_LIMIT, Signer, sign1
from identity.base64url import decoded, encoded
from identity.claims import Session
from identity.claimset import encode_claims
from identity.errors import TokenRefused
from identity.verifier import SESSION, Verified, Verifier

_LONGEST = (TOKEN_LIMIT * 4 + 2) // 3


def issue_session(session: Session, signer: Signer) -> str:
    """Return the bearer text of `session`, base64url without padding."""
    token = sign1(signer, typ=SESSION.typ, payload=encode_claims(session))
    return encoded(token)


def read_session(bearer: str, verifier: Verifier, *, now: datetime) -> Verified[Session]:
    """Return the session `bearer` proves at `now`, or raise `TokenRefused`."""
    return verifier.verify(_token(bearer), SESSION, now=now)


def _token(bearer: str) -> bytes:
    if len(bearer) > _LONGEST or not bearer.isascii():
        raise TokenRefused("bearer: too long, or not base64url")
    try:
        token = decoded(bearer)
    except ValueError as error:
        raise TokenRefused("bearer: not base64url") from error
    # One text has one reading.
    if encoded(token) != bearer:
        raise TokenRefused("bearer: not base64url")
    return token
