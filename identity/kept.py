"""A region's answer that was kept, read long after: as it stood when a log took it.

It expired within minutes, and its key may have ended since; what counts is the time
that the log proves. Whether it was taken back later, its status list tells.
"""

from datetime import datetime
from uuid import UUID

from identity.asking import commit_to_case
from identity.claims import Assertion
from identity.claimset import decode_claims
from identity.envelope import parsed
from identity.errors import TokenRefused
from identity.trust import Trust
from identity.verifier import ASSERTION, Verified, Verifier

_SALT = 16


def read_kept(
    token: bytes, *, salt: bytes, verification: UUID, trust: Trust, at: datetime
) -> Verified[Assertion]:
    """Return what `token` proved at `at`, to whoever it was for, or raise `TokenRefused`."""
    # 1. It is an assertion that held then, for the region that it names.
    verified = Verifier(trust, _audience(token)).verify(token, ASSERTION, now=at)
    # 2. It is the answer in this verification: the salt opens what it commits to.
    committed = verified.claims.case_commitment
    if len(salt) != _SALT or commit_to_case(salt, verification.bytes) != committed:
        raise TokenRefused("commitment: the answer is of another verification")
    return verified


def _audience(token: bytes) -> str:
    envelope = parsed(token, ASSERTION.typ, limit=ASSERTION.limit)
    payload = envelope.payload or b""
    return decode_claims(Assertion, payload, limit=ASSERTION.limit).audience
