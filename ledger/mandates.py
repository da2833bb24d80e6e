"""Mandates in the log: who may act for an enterprise, as what, and until which day.

One stream holds one mandate. It is looked up whenever somebody acts under it, so
that an authority that has ended is of no use in a session that has not.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from ledger.actor import Actor, Channel, Role
from ledger.application import Ledger
from ledger.errors import CaseChanged, NotAllowed
from ledger.mandate import LEGAL_REPRESENTATIVE, Held, fold_mandate, is_over
from ledger.mandate_events import (
    MandateConfirmed,
    MandateEvent,
    MandateRefused,
    MandateWithdrawn,
)
from ledger.rules.subjects import check_free
from ledger.streams import entry_now
from ledger.verification import Verifications
from ledger.verified_claims import verified_claims


class _Mandate(Protocol):
    @property
    def answers(self) -> Mapping[str, str]: ...
    @property
    def method(self) -> str: ...
    @property
    def source_as_of(self) -> datetime: ...
    @property
    def scope(self) -> tuple[str, ...]: ...
    @property
    def until(self) -> date | None: ...


class Mandates:
    """Records mandates and looks them up."""

    def __init__(self, ledger: Ledger, verifications: Verifications) -> None:
        self._ledger = ledger
        self._verifications = verifications

    def claims(self, verification: UUID) -> Mapping[str, str]:
        """Return what was verified of the person; nothing where that is hidden by now."""
        return verified_claims(self._verifications, verification)

    def is_over(self, mandate: _Mandate) -> bool:
        """Tell whether the last day of `mandate` has passed where the enterprise is."""
        return is_over(mandate.until, self._ledger.now())

    def confirm(
        self,
        id: UUID,
        *,
        person: str,
        enterprise: str,
        verification: UUID,
        document_type: str,
        number: str,
        capacity: str,
        mandate: _Mandate,
    ) -> None:
        """Record that the person may act; raises `NotAllowed` where nothing may be begun."""
        for subject in (person, enterprise):
            check_free(self._ledger.standing(subject))
        event = MandateConfirmed(
            capacity=capacity,
            scope=mandate.scope,
            until=mandate.until,
            answers=_texts(mandate.answers),
            method=mandate.method,
            source_as_of=mandate.source_as_of,
            verification=verification,
            document_type=document_type,
            number=number,
        )
        self._record(id, event, person=person, enterprise=enterprise)

    def refuse(
        self,
        id: UUID,
        *,
        person: str,
        verification: UUID,
        capacity: str,
        reason: str,
        answers: Mapping[str, str],
    ) -> None:
        """Record that they may not, without saying for which enterprise."""
        event = MandateRefused(
            capacity=capacity,
            reason=reason,
            answers=_texts(answers),
            verification=verification,
        )
        self._record(id, event, person=person, enterprise=None)

    def load(self, id: UUID) -> Held | None:
        """Return a mandate that was confirmed, or `None`."""
        return fold_mandate(self._ledger.entries(id))

    def among(self, streams: Iterable[UUID]) -> list[Held]:
        """Return those of `streams` that are mandates which were confirmed."""
        return [held for held in map(self.load, streams) if held is not None]

    def check(self, id: UUID, *, person: str, enterprise: str) -> None:
        """Raise `NotAllowed` unless the person may still act for the enterprise."""
        held = self.load(id)
        if held is None or (held.person, held.enterprise) != (person, enterprise):
            raise NotAllowed("this session names no authority to act that we confirmed")
        if held.withdrawn_at is not None:
            raise NotAllowed("the authority to act was withdrawn; have it confirmed again")
        if is_over(held.until, self._ledger.now()):
            raise NotAllowed(f"the authority to act ended with {held.until}; have it renewed")
        check_free(self._ledger.standing(person))

    def withdrawable(self, actor: Actor, streams: Iterable[UUID]) -> list[Held]:
        """Return those of `streams` that `actor` may withdraw: their own, and of the
        enterprise for which they are confirmed to act as its legal representative.
        """
        found, now = self.among(streams), self._ledger.now()
        represents = any(
            each.capacity == LEGAL_REPRESENTATIVE
            and (each.person, each.enterprise) == (actor.id, actor.principal)
            and each.counts(now)
            for each in found
        )
        return [
            each
            for each in found
            if each.person == actor.id or (represents and each.enterprise == actor.principal)
        ]

    def withdraw(self, held: Held, actor: Actor) -> None:
        """Record that a mandate counts no more; withdrawn before, it stays as it is."""
        if held.withdrawn_at is None:
            event = MandateWithdrawn(person=held.person)
            # Nothing else follows a confirmation, so who came first withdrew it as well.
            with suppress(CaseChanged):
                self._add(held.id, 2, event, actor, subject=held.enterprise)

    def _record(
        self, id: UUID, event: MandateEvent, *, person: str, enterprise: str | None
    ) -> None:
        subject = enterprise or person
        actor = Actor(role=Role.AGENT, id=person, principal=subject, channel=Channel.PORTAL)
        self._add(id, 1, event, actor, subject=subject)

    def _add(
        self, id: UUID, version: int, event: MandateEvent, actor: Actor, *, subject: str
    ) -> None:
        entry = entry_now(self._ledger, id, version, event, actor, subject=subject)
        self._ledger.record([entry])


def _texts(answers: Mapping[str, str]) -> dict[str, str]:
    return {name: str(answer) for name, answer in answers.items()}
