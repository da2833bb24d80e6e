"""A mandate as its entries leave it: confirmed, and perhaps taken back.

That its last day has passed is no event: who looks says what time it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from uuid import UUID

from ledger.entry import Entry
from ledger.mandate_events import MandateConfirmed, MandateWithdrawn
from ledger.personal import Hidden

CHINA: Final = timezone(timedelta(hours=8))
"""The civil time of the mainland, Hong Kong and Macao alike."""
LEGAL_REPRESENTATIVE: Final = "legal_representative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A mandate as it was confirmed; `withdrawn_at` where it counts no more."""

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
    withdrawn_at: datetime | None = None
    number: str | Hidden = field(repr=False)

    def counts(self, now: datetime) -> bool:
        """Tell whether somebody may act under it at `now`."""
        return self.withdrawn_at is None and not is_over(self.until, now)


def fold_mandate(entries: Iterable[Entry]) -> Held | None:
    """Return what `entries` leave, or `None` if none of them confirms a mandate."""
    held: Held | None = None
    for entry in entries:
        match entry.event:
            case MandateConfirmed():
                held = _held(entry, entry.event)
            case MandateWithdrawn() if held is not None:
                held = replace(held, withdrawn_at=entry.recorded_at)
    return held


def is_over(until: date | None, now: datetime) -> bool:
    """Tell whether the last day of a mandate has passed where the enterprise is."""
    if until is None:
        return False
    ends = datetime.combine(until + timedelta(days=1), time(), CHINA)
    return now >= ends.astimezone(UTC)


def _held(entry: Entry, event: MandateConfirmed) -> Held:
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
