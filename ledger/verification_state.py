"""A verification as its entries leave it: from begun to one end, and no further.

A success may still be taken back: whoever gives the wrong code too often is not the
one who was verified.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from ledger.actor import Role
from ledger.agreements import is_from_hong_kong
from ledger.assurance import Assured
from ledger.entry import Entry
from ledger.personal import Hidden
from ledger.rules import SignedDocument
from ledger.verification_events import (
    CodeMistaken,
    DocumentSigned,
    TokenRefused,
    VerificationAsked,
    VerificationAuthenticated,
    VerificationBegun,
    VerificationFailed,
    VerificationSucceeded,
)

MISTAKES = 3
"""So many wrong codes end a verification."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A verification as it stands."""

    id: UUID
    version: int
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
    asked_by: str | None = None
    office: str | None = None
    asked: VerificationAsked | None = None
    subject: str | None = None
    assured: Assured | None = None
    same_browser: bool = False
    mistakes: int = 0
    refusals: int = 0
    succeeded: bool = False
    succeeded_at: datetime | None = None
    failed: str | None = None
    signature_digest: str | None = None
    status: tuple[str, int] | None = None
    claims: Mapping[str, str] | Hidden = field(default=Hidden.SEALED, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether it has come to an end."""
        return self.succeeded or self.failed is not None

    @property
    def is_from_hong_kong(self) -> bool:
        """Whether the data of whom this was about are Hong Kong's."""
        claims = {} if isinstance(self.claims, Hidden) else self.claims
        return is_from_hong_kong(self.jurisdiction, claims)

    @property
    def signed(self) -> SignedDocument | None:
        """What was signed in it, if anything was."""
        if (
            not self.succeeded
            or self.subject is None
            or self.case_id is None
            or self.document_digest is None
            or self.signature_digest is None
        ):
            return None
        return SignedDocument(
            verification=self.id,
            subject=self.subject,
            case_id=self.case_id,
            digest=self.document_digest,
            signature_digest=self.signature_digest,
        )


def fold(entries: Iterable[Entry]) -> Verification | None:
    """Return what `entries` leave, or `None` if none of them begins a verification."""
    verification: Verification | None = None
    for entry in entries:
        verification = _evolve(verification, entry)
    return verification


def _evolve(before: Verification | None, entry: Entry) -> Verification | None:
    if before is None:
        return _begun(entry)
    return replace(_apply(before, entry), version=entry.version)


def _begun(entry: Entry) -> Verification | None:
    event = entry.event
    if not isinstance(event, VerificationBegun):
        return None
    return Verification(
        id=entry.stream,
        version=entry.version,
        jurisdiction=event.jurisdiction,
        method=event.method,
        scope=event.scope,
        purpose=event.purpose,
        expires_at=event.expires_at,
        state_digest=event.state_digest,
        claim_digest=event.claim_digest,
        browser_digest=event.browser_digest,
        about=event.about,
        case_id=event.case_id,
        document_digest=event.document_digest,
        asked_by=entry.actor.id if entry.actor.role is Role.CLERK else None,
        office=entry.actor.authority,
    )


def _apply(before: Verification, entry: Entry) -> Verification:
    event = entry.event
    match event:
        case VerificationAsked():
            return replace(before, asked=event)
        case VerificationAuthenticated():
            return replace(
                before,
                subject=event.subject,
                assured=event.assured,
                same_browser=event.same_browser,
            )
        case VerificationSucceeded():
            return replace(
                before,
                subject=event.subject,
                assured=event.assured,
                claims=event.claims,
                status=event.status,
                succeeded=True,
                succeeded_at=entry.recorded_at,
            )
        case DocumentSigned():
            return replace(
                before,
                subject=event.subject,
                assured=event.assured,
                signature_digest=event.signature_digest,
                succeeded=True,
                succeeded_at=entry.recorded_at,
            )
        case CodeMistaken():
            return _mistaken(replace(before, mistakes=before.mistakes + 1))
        case VerificationFailed():
            return replace(before, failed=event.reason)
        case TokenRefused():
            return replace(before, refusals=before.refusals + 1)
        case _:
            return before


def _mistaken(verification: Verification) -> Verification:
    if verification.mistakes < MISTAKES:
        return verification
    return replace(verification, succeeded=False, failed="wrong_code")
