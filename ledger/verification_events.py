"""What is recorded of finding out who someone is.

Identity decides whether a proof holds; these events keep that it was asked
for and what came of it. One stream holds one verification from begin to end,
so any server process can go on with it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ledger.assurance import Assured
from ledger.personal import Personal, Recorded


class VerificationBegun(Recorded, frozen=True):
    """Someone was sent to prove who they are.

    `state_digest` is the SHA-256 of what the provider sends back with them;
    `claim_digest` of the secret that lets whoever began it, and nobody else,
    collect the result; `browser_digest` of what their browser was given to keep.
    `about` is who it has to be, where that is known; `case_id` and
    `document_digest` say what is to be signed.
    """

    jurisdiction: str
    method: str
    scope: str
    purpose: str
    expires_at: datetime
    state_digest: str
    claim_digest: str
    browser_digest: str | None = None
    about: str | None = None
    case_id: UUID | None = None
    document_digest: str | None = None


class VerificationAsked(Recorded, frozen=True):
    """A partner region is asked, directly or through the client who carries the request.

    It is all that is needed to check the answer, on any server and after any restart.
    `identifiers_digest` is keyed with a secret of ours; the client sends them again.
    """

    region: str
    fields: tuple[str, ...]
    legal_basis: str
    nonce: str
    case_commitment: str
    request_digest: str
    identifiers_digest: str
    carried: bool


class VerificationAuthenticated(Recorded, frozen=True):
    """The provider vouched for an account; what it knows of the person is still to come.

    Unless they came back in the browser that began, a code they were shown is needed.
    """

    subject: str
    assured: Assured
    same_browser: bool


class VerificationSucceeded(Recorded, frozen=True):
    """The person is who they say they are, by this method, with these claims.

    `status` is the address of the status list, and the place in it, that tell
    whether a partner region took its answer back. `assertion` is that answer, as the
    region signed it, of this SHA-256 in hex; `salt` opens the commitment in it to this
    stream's id. With both it proves itself when neither region's system is left.
    """

    subject: str
    assured: Assured
    claims: Personal[Mapping[str, str]]
    status: tuple[str, int] | None = None
    assertion_digest: str | None = None
    assertion: Personal[bytes] = b""
    salt: Personal[bytes] = b""


class DocumentSigned(Recorded, frozen=True):
    """The person signed the document of this SHA-256 with their provider."""

    subject: str
    assured: Assured
    digest: str
    signature_digest: str
    signed_at: datetime
    signature: Personal[bytes]


class CodeMistaken(Recorded, frozen=True):
    """Somebody who came without the right code wanted the result; a few times end it."""


class VerificationFailed(Recorded, frozen=True):
    """No identity was established; `reason` is a word of ours, never the provider's text."""

    reason: str


class VerificationAnswered(Recorded, frozen=True):
    """We answered a partner region about one of our residents, field by field, and no more.

    `cti` and `digest`, its SHA-256, are of the assertion that left, in hex.
    """

    region: str
    purpose: str
    case_commitment: str
    request_digest: str
    verdict: str
    answers: Mapping[str, str]
    cti: str
    digest: str


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
    | VerificationAsked
    | VerificationAuthenticated
    | VerificationSucceeded
    | DocumentSigned
    | CodeMistaken
    | VerificationFailed
    | VerificationAnswered
    | TokenRefused
)

VERIFICATION_EVENTS: Mapping[str, type[VerificationEvent]] = {
    "verification.begun.v1": VerificationBegun,
    "verification.asked.v1": VerificationAsked,
    "verification.authenticated.v1": VerificationAuthenticated,
    "verification.succeeded.v1": VerificationSucceeded,
    "document.signed.v1": DocumentSigned,
    "verification.code_mistaken.v1": CodeMistaken,
    "verification.failed.v1": VerificationFailed,
    "verification.answered.v1": VerificationAnswered,
    "token.refused.v1": TokenRefused,
}
