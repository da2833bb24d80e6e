"""Mandates in the log: who may act for an enterprise, as what, and until which day.

One stream holds one mandate. It is looked up whenever somebody acts under it, so
that an authority that has ended is of no use in a session that has not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final, Protocol
from uuid import UUID

from ledger.actor import Actor, Channel, Role
from ledger.application import Ledger
from ledger.entry import Entry
from ledger.errors import NotAllowed
from ledger.mandate_events import MandateConfirmed, MandateEvent, MandateRefused
from ledger.personal import Hidden
from ledger.rules.subjects import check_free
from ledger.verification import Verifications
from ledger.verified_claims import verified_claims

CHINA: Final = timezone(timedelta(hours=8))
"""The civil time of the mainland, Hong Kong and Macao alike."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A mandate as it was confirmed."""

    id: UUID
    person: str
    enterprise: str
    capacity: str
    scope: tuple[str, ...]
    until: date | None
    method: str
    source_as_of: datetime
    confirmed_at: datetime
    verification: UUID
    document_type: str
    number: str | Hidden = field(repr=False)


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
        return _is_over(mandate.until, self._ledger.now())

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
        entries = self._ledger.entries(id)
        return _held(entries[0]) if entries else None

    def among(self, streams: Iterable[UUID]) -> list[Held]:
        """Return those of `streams` that are mandates which were confirmed."""
        return [held for held in map(self.load, streams) if held is not None]

    def check(self, id: UUID, *, person: str, enterprise: str) -> None:
        """Raise `NotAllowed` unless the person may still act for the enterprise."""
        held = self.load(id)
        if held is None or (held.person, held.enterprise) != (person, enterprise):
            raise NotAllowed("this session names no authority to act that we confirmed")
        if _is_over(held.until, self._ledger.now()):
            raise NotAllowed(f"the authority to act ended with {held.until}; have it renewed")
        check_free(self._ledger.standing(person))

    def _record(
        self, id: UUID, event: MandateEvent, *, person: str, enterprise: str | None
    ) -> None:
        now = self._ledger.now()
        entry = Entry(
            stream=id,
            version=1,
            event=event,
            recorded_at=now,
            effective_at=now,
            actor=Actor(
                role=Role.AGENT,
                id=person,
                principal=enterprise or person,
                channel=Channel.PORTAL,
            ),
            subject=enterprise or person,
        )
        self._ledger.record([entry])


def _held(entry: Entry) -> Held | None:
    event = entry.event
    if not isinstance(event, MandateConfirmed):
        return None
    return Held(
        id=entry.stream,
        person=entry.actor.id,
        enterprise=entry.actor.principal,
        capacity=event.capacity,
        scope=event.scope,
        until=event.until,
        method=event.method,
        source_as_of=event.source_as_of,
        confirmed_at=entry.recorded_at,
        verification=event.verification,
        document_type=event.document_type,
        number=event.number,
    )


def _is_over(until: date | None, now: datetime) -> bool:
    if until is None:
        return False
    ends = datetime.combine(until + timedelta(days=1), time(), CHINA)
    return now >= ends.astimezone(UTC)


def _texts(answers: Mapping[str, str]) -> dict[str, str]:
    return {name: str(answer) for name, answer in answers.items()}
