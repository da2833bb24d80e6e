"""Verifications in the log: begun, authenticated, and what came of them.

A stream goes from begun to one end and no further, so whatever is offered a
second time, also to another process, finds the end already there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from ledger.actor import SYSTEM, Actor, Channel, Role
from ledger.application import Ledger
from ledger.awaiting import Awaiting
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CommandRejected
from ledger.once import Once
from ledger.personal import Hidden
from ledger.verification_events import (
    TokenRefused,
    VerificationAnswered,
    VerificationAuthenticated,
    VerificationBegun,
    VerificationEvent,
    VerificationFailed,
    VerificationSucceeded,
)

_REFUSALS = UUID("6d5c1c39-64c4-4b0f-9a0e-2f7f9f5d6b11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A verification as its entries leave it."""

    id: UUID
    version: int
    jurisdiction: str
    method: str
    expires_at: datetime
    state_digest: str
    claim_digest: str
    subject: str | None = None
    assurance: int = 0
    verified_at: datetime | None = None
    succeeded: bool = False
    failed: str | None = None
    asked_by: str | None = None
    claims: Mapping[str, str] | Hidden = field(default=Hidden.SEALED, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether it has come to an end."""
        return self.succeeded or self.failed is not None


class Verifications:
    """Records verifications in the log; implements what identity asks of a record."""

    def __init__(self, ledger: Ledger, awaiting: Awaiting) -> None:
        self._ledger = ledger
        self._awaiting = awaiting

    def begin(
        self,
        id: UUID,
        *,
        jurisdiction: str,
        method: str,
        purpose: str,
        expires_at: datetime,
        state_digest: str,
        claim_digest: str,
        asked_by: str | None = None,
    ) -> None:
        """Record that someone was sent to prove who they are, or which clerk asked."""
        event = VerificationBegun(
            jurisdiction=jurisdiction,
            method=method,
            purpose=purpose,
            expires_at=expires_at,
            state_digest=state_digest,
            claim_digest=claim_digest,
        )
        self._record(id, 1, event, actor=SYSTEM if asked_by is None else _clerk(asked_by))

    def authenticate(
        self,
        id: UUID,
        *,
        subject: str,
        assurance: int,
        verified_at: datetime,
        once: Sequence[str],
    ) -> None:
        """Record that the provider vouched for an account; raises `UsedBefore`."""
        event = VerificationAuthenticated(
            subject=subject, assurance=assurance, verified_at=verified_at
        )
        self._record(id, self._open(id).version + 1, event, once=once)

    def succeed(
        self,
        id: UUID,
        *,
        subject: str,
        assurance: int,
        verified_at: datetime,
        claims: Mapping[str, str],
        once: Sequence[str],
    ) -> None:
        """Record who it was, claims sealed; raises `UsedBefore`."""
        event = VerificationSucceeded(
            subject=subject, assurance=assurance, verified_at=verified_at, claims=claims
        )
        self._record(id, self._open(id).version + 1, event, once=once, subject=subject)

    def fail(self, id: UUID, *, reason: str, once: Sequence[str]) -> None:
        """Record that no identity was established."""
        event = VerificationFailed(reason=reason)
        self._record(id, self._open(id).version + 1, event, once=once)

    async def answer(
        self,
        id: UUID,
        *,
        region: str,
        purpose: str,
        case_commitment: str,
        request_digest: str,
        verdict: str,
        fields: Sequence[str],
        once: Sequence[str],
    ) -> int:
        """Record what we told a partner region; raises `UsedBefore`.

        Returns the position, which is the answer's place in our status lists.
        """
        event = VerificationAnswered(
            region=region,
            purpose=purpose,
            case_commitment=case_commitment,
            request_digest=request_digest,
            verdict=verdict,
            fields=tuple(fields),
        )
        entry = self._entry(id, 1, event)
        keys = [Once.of(text) for text in once]
        [added] = await self._awaiting.answer(
            lambda: self._ledger.recording([entry], once=keys)
        )
        return added.position

    def refuse(
        self,
        *,
        issuer: str,
        typ: str,
        step: str,
        digest: str,
        verification: UUID | None = None,
    ) -> None:
        """Record that a token was refused, with the verification it was offered to, if any.

        Every refusal of one token is told, each in its order.
        """
        stream = verification or uuid5(_REFUSALS, digest)
        event = TokenRefused(issuer=issuer, typ=typ, step=step, digest=digest)

        def job(draft: Draft) -> None:
            before = len(self._ledger.entries(stream, opened=False))
            drafted = sum(entry.stream == stream for entry in draft.entries)
            draft.add([self._entry(stream, before + drafted + 1, event)], [])

        self._ledger.write(job)

    def load(self, id: UUID) -> Verification | None:
        """Return the verification as it stands, or `None` if it was never begun."""
        verification: Verification | None = None
        for entry in self._ledger.entries(id):
            verification = _evolve(verification, entry)
        return verification

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
        entry = self._entry(id, version, event, subject=subject, actor=actor)
        self._ledger.record([entry], once=[Once.of(text) for text in once])

    def _entry(
        self,
        id: UUID,
        version: int,
        event: VerificationEvent,
        *,
        subject: str | None = None,
        actor: Actor = SYSTEM,
    ) -> Entry:
        now = self._ledger.now()
        return Entry(
            stream=id,
            version=version,
            event=event,
            recorded_at=now,
            effective_at=now,
            actor=actor,
            subject=subject,
        )


def _clerk(id: str) -> Actor:
    return Actor(role=Role.CLERK, id=id, principal=id, channel=Channel.WINDOW)


def _evolve(before: Verification | None, entry: Entry) -> Verification | None:
    event = entry.event
    match event:
        case VerificationBegun():
            return Verification(
                id=entry.stream,
                version=entry.version,
                jurisdiction=event.jurisdiction,
                method=event.method,
                expires_at=event.expires_at,
                state_digest=event.state_digest,
                claim_digest=event.claim_digest,
                asked_by=entry.actor.id if entry.actor.role is Role.CLERK else None,
            )
        case VerificationAuthenticated() if before is not None:
            return replace(
                before,
                version=entry.version,
                subject=event.subject,
                assurance=event.assurance,
                verified_at=event.verified_at,
            )
        case VerificationSucceeded() if before is not None:
            return replace(
                before,
                version=entry.version,
                subject=event.subject,
                assurance=event.assurance,
                verified_at=event.verified_at,
                claims=event.claims,
                succeeded=True,
            )
        case VerificationFailed() if before is not None:
            return replace(before, version=entry.version, failed=event.reason)
        case TokenRefused() if before is not None:
            return replace(before, version=entry.version)
        case _:
            return before
