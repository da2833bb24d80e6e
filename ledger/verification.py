"""Verifications in the log: begun, authenticated, and what came of them.

A stream goes from begun to one end and no further, so whatever is offered a
second time, also to another process, finds the end already there.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from ledger.actor import SYSTEM, Actor, Channel, Role
from ledger.assurance import Assured, Vector
from ledger.errors import CaseChanged, CommandRejected, UsedBefore
from ledger.once import Once
from ledger.streams import entry_now
from ledger.told_regions import ToldRegions
from ledger.transfers import contract_with, transfer_entry
from ledger.verification_events import (
    CodeMistaken,
    DocumentSigned,
    VerificationAsked,
    VerificationAuthenticated,
    VerificationBegun,
    VerificationEvent,
    VerificationFailed,
    VerificationSucceeded,
)
from ledger.verification_state import Verification, fold

_TRIES = 20


class Verifications(ToldRegions):
    """Records verifications in the log; implements what identity asks of a record."""

    def begin(
        self,
        id: UUID,
        *,
        jurisdiction: str,
        method: str,
        scope: str,
        purpose: str,
        expires_at: datetime,
        state_digest: str,
        claim_digest: str,
        browser_digest: str | None = None,
        about: str | None = None,
        case_id: UUID | None = None,
        document_digest: str | None = None,
        asked_by: str | None = None,
        office: str | None = None,
    ) -> None:
        """Record that someone was sent to prove who they are, or a clerk of `office` asked."""
        event = VerificationBegun(
            jurisdiction=jurisdiction,
            method=method,
            scope=scope,
            purpose=purpose,
            expires_at=expires_at,
            state_digest=state_digest,
            claim_digest=claim_digest,
            browser_digest=browser_digest,
            about=about,
            case_id=case_id,
            document_digest=document_digest,
        )
        actor = SYSTEM if asked_by is None else _clerk(asked_by, office)
        self._record(id, 1, event, actor=actor)

    def ask(
        self,
        id: UUID,
        *,
        region: str,
        fields: Sequence[str],
        sent: Sequence[str],
        legal_basis: str,
        nonce: str,
        case_commitment: str,
        request_digest: str,
        identifiers_digest: str,
        carried: bool,
    ) -> None:
        """Record what a region is asked, and what its answer will be checked by.

        The identifiers that are `sent`, sealed, are entered in the register of transfers.
        """
        event = VerificationAsked(
            region=region,
            fields=tuple(fields),
            legal_basis=legal_basis,
            nonce=nonce,
            case_commitment=case_commitment,
            request_digest=request_digest,
            identifiers_digest=identifiers_digest,
            carried=carried,
        )
        begun = self._open(id)
        clerk = SYSTEM if begun.asked_by is None else _clerk(begun.asked_by, begun.office)
        entry = entry_now(self._ledger, id, begun.version + 1, event, clerk)
        transfer = transfer_entry(
            recipient=region,
            contract=contract_with(region),
            categories=sent,
            purpose=begun.purpose,
            basis=legal_basis,
            cause=str(id),
            at=entry.recorded_at,
            actor=clerk,
        )
        self._ledger.record([entry, transfer])

    def authenticate(
        self,
        id: UUID,
        *,
        subject: str,
        assured: Vector,
        same_browser: bool,
        once: Sequence[str],
    ) -> None:
        """Record that the provider vouched for an account; raises `UsedBefore`."""
        event = VerificationAuthenticated(
            subject=subject, assured=Assured.of(assured), same_browser=same_browser
        )
        self._record(id, self._open(id).version + 1, event, once=once)

    def succeed(
        self,
        id: UUID,
        *,
        subject: str,
        assured: Vector,
        claims: Mapping[str, str],
        once: Sequence[str],
        status: tuple[str, int] | None = None,
        assertion: bytes = b"",
        salt: bytes = b"",
    ) -> None:
        """Record who it was, claims and proof sealed; raises `UsedBefore`."""
        event = VerificationSucceeded(
            subject=subject,
            assured=Assured.of(assured),
            claims=claims,
            status=status,
            assertion_digest=sha256(assertion).hexdigest() if assertion else None,
            assertion=assertion,
            salt=salt,
        )
        self._record(id, self._open(id).version + 1, event, once=once, subject=subject)

    def succeed_first(
        self,
        id: UUID,
        *,
        subject: str,
        assured: Vector,
        claims: Mapping[str, str],
        once: Sequence[str],
        status: tuple[str, int] | None = None,
        assertion: bytes = b"",
        salt: bytes = b"",
    ) -> bool:
        """Record as `succeed` does, and tell whether this was the first to."""
        return _first(
            lambda: self.succeed(
                id,
                subject=subject,
                assured=assured,
                claims=claims,
                once=once,
                status=status,
                assertion=assertion,
                salt=salt,
            )
        )

    def sign(
        self,
        id: UUID,
        *,
        subject: str,
        assured: Vector,
        digest: str,
        signature: bytes,
        signed_at: datetime,
        once: Sequence[str],
    ) -> None:
        """Record a signature, itself sealed; raises `UsedBefore`."""
        event = DocumentSigned(
            subject=subject,
            assured=Assured.of(assured),
            digest=digest,
            signature_digest=sha256(signature).hexdigest(),
            signed_at=signed_at,
            signature=signature,
        )
        self._record(id, self._open(id).version + 1, event, once=once, subject=subject)

    def fail_first(self, id: UUID, *, reason: str, once: Sequence[str]) -> bool:
        """Record as `fail` does, and tell whether this was the first to end it."""
        return _first(lambda: self.fail(id, reason=reason, once=once))

    def expire(self, id: UUID) -> None:
        """Record that its time ran out, unless it came to another end."""
        verification = self.load(id)
        if verification is not None and not verification.is_over:
            self._record(id, verification.version + 1, VerificationFailed(reason="expired"))

    def mistake(self, id: UUID) -> None:
        """Record that somebody came without the right code, unless it failed by now.

        It counts too where another server records one at the same time. Raises
        `CaseChanged` where no try of ours comes through.
        """

        def once_more() -> None:
            verification = self.load(id)
            if verification is not None and verification.failed is None:
                self._record(id, verification.version + 1, CodeMistaken())

        if not _first(once_more):
            raise CaseChanged(str(id))

    def fail(self, id: UUID, *, reason: str, once: Sequence[str]) -> None:
        """Record that no identity was established."""
        event = VerificationFailed(reason=reason)
        self._record(id, self._open(id).version + 1, event, once=once)

    def load(self, id: UUID) -> Verification | None:
        """Return the verification as it stands, or `None` if it was never begun."""
        return fold(self._ledger.entries(id))

    def _open(self, id: UUID) -> Verification:
        verification = self.load(id)
        if verification is None:
            raise CommandRejected(f"there is no verification {id}")
        if verification.is_over:
            raise CommandRejected("this verification is over; begin another")
        if self._ledger.now() >= verification.expires_at:
            raise CommandRejected("this verification has expired; begin another")
        return verification

    def _record(
        self,
        id: UUID,
        version: int,
        event: VerificationEvent,
        *,
        once: Sequence[str] = (),
        subject: str | None = None,
        actor: Actor = SYSTEM,
    ) -> None:
        entry = entry_now(self._ledger, id, version, event, actor, subject=subject)
        self._ledger.record([entry], once=[Once.of(text) for text in once])


def _first(end: Callable[[], None]) -> bool:
    """Tell whether `end` was the first to; what else is recorded meanwhile is no end."""
    for _ in range(_TRIES):
        try:
            end()
        except CaseChanged:
            continue
        except (UsedBefore, CommandRejected):
            return False
        return True
    return False


def _clerk(id: str, office: str | None) -> Actor:
    return Actor(
        role=Role.CLERK,
        id=id,
        principal=office or id,
        channel=Channel.WINDOW,
        authority=office,
    )
