"""Ending what is kept of persons: who is due, and recording what follows for each.

The view says where to look; the rules decide from the log, where nobody else may
write. The periods are those of the newest version of each item: how long something
may be kept is a question of today's law, not of the day it was applied for.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from ledger.actor import CLOCK
from ledger.application import Ledger
from ledger.catalogue import ACCOUNT, Retention
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import UnknownItem
from ledger.handover.unfinished import unfinished
from ledger.holding import cases_of
from ledger.projections.kept_list import KeptList
from ledger.projections.times import to_text
from ledger.projections.view import view_in
from ledger.rules.retention import (
    Ending,
    civil_day,
    decide_retention,
    ended,
    ending,
    holds,
    last_instant,
)
from ledger.subject_events import subject_id

SHORTEST = timedelta(days=365)
"""No period is shorter than a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Whose data go, and how: `restrict`, `erase` on a day, or `held` by reasons."""

    ending: Ending
    what: str
    on: date
    held_by: tuple[str, ...] = ()


class Retentions:
    """Ends what is kept in one ledger, whose views lie in `folder`."""

    def __init__(self, ledger: Ledger, folder: Path, grace: timedelta) -> None:
        self._ledger = ledger
        self._folder = folder
        self._grace = grace

    def endings(self, until: date) -> Iterator[Ending]:
        """Yield whose last period has run out on `until`; raises `ViewBehind`."""
        latest = last_instant(until) - SHORTEST
        with closing(view_in(self._folder, KeptList.name)) as db:
            for subject in KeptList.over(db, to_text(latest)):
                kept = [(each.item, _day(each.over_at)) for each in KeptList.of(db, subject)]
                found = ending(subject, kept, self._period)
                if found is not None and found.last_day < until:
                    yield found

    def due(self, until: date) -> Iterator[Due]:
        """Yield what would follow by itself up to `until`, as things stand now."""
        for each in self.endings(until):
            entries = self._ledger.of_person(subject_id(each.subject))
            before = ended(entries)
            held = holds(entries, until).values()
            first = each.last_day + timedelta(days=1)
            erased_from = first + self._grace if before is None else before.erased_from
            if held:
                reasons = tuple(sorted({hold.reason for hold in held}))
                yield Due(ending=each, what="held", on=first, held_by=reasons)
            elif erased_from <= until:
                yield Due(ending=each, what="erase", on=erased_from)
            elif before is None:
                yield Due(ending=each, what="restrict", on=first)

    def end(self, due: Ending) -> int:
        """Record what follows today for one person, and return how many entries that was.

        Raises `CommandRejected` where something still goes on, `ViewBehind` and
        `Unavailable`.
        """
        where = self._ledger, self._folder, due.subject

        def job(draft: Draft) -> int:
            stream = subject_id(due.subject)
            entries = self._ledger.of_person(stream, draft)
            now = self._ledger.now()
            cases = (self._ledger.case(draft, case) for case in cases_of(*where, draft))
            events = decide_retention(
                due,
                entries,
                today=self.today(),
                grace=self._grace,
                cases=(case for case in cases if case is not None),
                others=unfinished(*where, draft),
            )
            added = [
                Entry(
                    stream=stream,
                    version=len(entries) + n,
                    event=event,
                    recorded_at=now,
                    effective_at=now,
                    actor=CLOCK,
                    legal_basis=due.basis,
                    subject=due.subject,
                )
                for n, event in enumerate(events, start=1)
            ]
            if added:
                draft.add_of_person(added)
            return len(added)

        return self._ledger.write(job)

    def today(self) -> date:
        """Return the civil date here."""
        return civil_day(self._ledger.now())

    def _period(self, item: str | None) -> Retention | None:
        if item is None:
            return self._ledger.book.purposes[ACCOUNT].retention
        try:
            return self._ledger.book.catalogue.current(item).retention
        except UnknownItem:
            # Of another region's, handed over here: no case of ours, so a dealing.
            return self._ledger.book.purposes[ACCOUNT].retention


def _day(time: str | None) -> date | None:
    return None if time is None else civil_day(datetime.fromisoformat(time))
