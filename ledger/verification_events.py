"""What is recorded of finding out who someone is.

Identity decides whether a proof holds; these events keep that it was asked
for and what came of it. One stream holds one verification from begin to end,
so any server process can go on with it.
"""

from collections.abc import Mapping
from datetime import datetime

from ledger.personal import Personal, Recorded


class VerificationBegun(Recorded, frozen=True):
    """Someone was sent to prove who they are.

    `state_digest` is the SHA-256 of what the provider sends back with them;
    `claim_digest` of the secret that lets whoever began it, and nobody else,
    collect the result.
    """

    jurisdiction: str
    method: str
    purpose: str
    expires_at: datetime
    state_digest: str
    claim_digest: str


class VerificationAuthenticated(Recorded, frozen=True):
    """The provider vouched for an account; what it knows of the person is still to come."""

    subject: str
    assurance: int
    verified_at: datetime


class VerificationSucceeded(Recorded, frozen=True):
    """The person is who they say they are, by this method, with these claims."""

    subject: str
    assurance: int
    verified_at: datetime
    claims: Personal[Mapping[str, str]]


class VerificationFailed(Recorded, frozen=True):
    """No identity was established; `reason` is a word of ours, never the provider's text."""

    reason: str


class VerificationAnswered(Recorded, frozen=True):
    """We answered a partner region about one of our residents: the verdict, and no more."""

    region: str
    purpose: str
    case_commitment: str
    request_digest: str
    verdict: str
    fields: tuple[str, ...]


class TokenRefused(Recorded, frozen=True):
    """Somebody offered a token that did not hold, or held no more.

    `issuer` is whom it said it was from, `step` which check refused it, `digest`
    the SHA-256 of all of it, in hex.
    """

    issuer: str
    typ: str
    step: str
    digest: str


VerificationEvent = (
    VerificationBegun
    | VerificationAuthenticated
    | VerificationSucceeded
    | VerificationFailed
    | VerificationAnswered
    | TokenRefused
)

VERIFICATION_EVENTS: Mapping[str, type[VerificationEvent]] = {
    "verification.begun.v1": VerificationBegun,
    "verification.authenticated.v1": VerificationAuthenticated,
    "verification.succeeded.v1": VerificationSucceeded,
    "verification.failed.v1": VerificationFailed,
    "verification.answered.v1": VerificationAnswered,
    "token.refused.v1": TokenRefused,
}
