"""When keeping a person's data ends: the last of all periods, and nothing that holds them.

A person has one key, so what is kept of them goes together: it waits for the last case
and the last other dealing. First they are restricted, so that who comes back or has a
reason finds them still there, and some days later erased (PIPL art. 19, 47; Cap. 486
s. 26).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from ledger.actor import Actor
from ledger.case import Case
from ledger.catalogue import Retention
from ledger.entry import Entry
from ledger.errors import CommandRejected, NotAllowed
from ledger.hold_commands import HoldCommand, HoldData, ReleaseHold
from ledger.retention_events import DataHeld, HoldReleased, RetentionEnded, RetentionEvent
from ledger.rules.subjects import ON_PERSONS, check_over
from ledger.subject_events import (
    RestrictionLifted,
    Standing,
    SubjectErased,
    SubjectEvent,
    SubjectRestricted,
    standing,
)

ENDED = "retention-ended"
"""The ground of what the clock does by itself; nobody else may give it."""

_ZONE = ZoneInfo("Asia/Shanghai")
"""The mainland's days and Hong Kong's are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The last day of all that is kept of a person, on which law, and of which items."""

    subject: str
    last_day: date
    basis: str
    items: tuple[str, ...]


def civil_day(moment: datetime) -> date:
    """Return the civil date at `moment`, by which periods and holds are counted."""
    return moment.astimezone(_ZONE).date()


def last_instant(day: date) -> datetime:
    """Return the last instant of a civil date."""
    return datetime.combine(day, time.max, _ZONE)


def ending(
    subject: str,
    over: Iterable[tuple[str | None, date | None]],
    retention: Callable[[str | None], Retention | None],
) -> Ending | None:
    """Return when the last period ends, of items and the days they were over on.

    `retention` tells that of an item, and without one that of any other dealing. `None`
    where something goes on, is kept for ever, or nobody said for how long.
    """
    last: date | None = None
    basis, items = "", set[str]()
    for item, over_on in over:
        period = retention(item)
        day = None if period is None or over_on is None else period.last_day(over_on)
        if period is None or day is None:
            return None
        if last is None or day > last:
            last, basis = day, period.basis
        if item is not None:
            items.add(item)
    if last is None:
        return None
    return Ending(subject=subject, last_day=last, basis=basis, items=tuple(sorted(items)))


def holds(entries: Iterable[Entry], today: date) -> dict[UUID, DataHeld]:
    """Return the holds on a person's data that stand today, by id."""
    found: dict[UUID, DataHeld] = {}
    for entry in entries:
        match entry.event:
            case DataHeld() as event if event.until is None or event.until >= today:
                found[event.hold] = event
            case HoldReleased() as event:
                found.pop(event.hold, None)
    return found


def decide_hold(
    command: HoldCommand, entries: Sequence[Entry], actor: Actor, *, today: date
) -> RetentionEvent:
    """Answer a `command` to hold a person's data, or to hold them no more."""
    if actor.role not in ON_PERSONS:
        raise NotAllowed(
            "holding data is for the operator or the data-protection officer,"
            f" not the {actor.role}"
        )
    if standing(entries) is Standing.ERASED:
        raise CommandRejected("this person was erased; nothing is left to hold")
    match command:
        case HoldData():
            if command.until is not None and command.until < today:
                raise CommandRejected("until: this day has passed")
            return DataHeld(hold=command.hold, reason=command.reason, until=command.until)
        case ReleaseHold():
            if command.hold not in holds(entries, today):
                raise CommandRejected("no such hold stands; look at those there are")
            return HoldReleased(hold=command.hold)
        case _:
            assert_never(command)


def ended(entries: Iterable[Entry]) -> RetentionEnded | None:
    """Return that the periods ran out, unless the restriction was lifted since."""
    found: RetentionEnded | None = None
    for entry in entries:
        if isinstance(entry.event, RetentionEnded):
            found = entry.event
        elif isinstance(entry.event, RestrictionLifted):
            found = None
    return found


def decide_retention(
    due: Ending,
    entries: Sequence[Entry],
    *,
    today: date,
    grace: timedelta,
    cases: Iterable[Case],
    others: Iterable[str],
) -> list[RetentionEvent | SubjectEvent]:
    """Say what follows today for a person with these `entries` of how their data stand.

    Nothing, while a period runs or a hold stands; then the restriction, and when the
    `grace` is over the erasure. Raises `CommandRejected` where it would be that, and
    something still goes on.
    """
    still, before = standing(entries), ended(entries)
    if still is Standing.ERASED or today <= due.last_day or holds(entries, today):
        return []
    if before is None:
        event = RetentionEnded(
            last_day=due.last_day,
            basis=due.basis,
            items=due.items,
            erased_from=today + grace,
        )
        restriction = [SubjectRestricted(ground=ENDED)] if still is Standing.FREE else []
        return [event, *restriction]
    if today < before.erased_from or still is not Standing.RESTRICTED:
        return []
    check_over(cases, others)
    return [SubjectErased(ground=ENDED)]
