"""Working days: which days count, and when a term measured in them runs out.

A year that nobody has announced yet is counted as plain Mondays to Fridays, and a
deadline that touches one says it is provisional. A settled deadline may move too:
Hong Kong's warning days are known only on the day, so compare `version`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from ledger.errors import LedgerError


class CalendarError(LedgerError):
    """A calendar file does not hold, or a term cannot be counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The working days of one jurisdiction, as far as they have been announced."""

    id: str
    version: str
    zone: ZoneInfo
    years: frozenset[int]
    holidays: frozenset[date]
    make_up_days: frozenset[date] = frozenset()
    warning_days: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Tell whether `day` counts; in a year not announced, every weekday does."""
        return day in self.make_up_days or (day.weekday() < 5 and day not in self.holidays)

    def is_announced(self, year: int) -> bool:
        """Tell whether the holidays of `year` are known, and not only guessed."""
        return year in self.years

    def today(self, moment: datetime) -> date:
        """Return the civil date there; a moment without a zone is refused."""
        if moment.tzinfo is None:
            raise CalendarError("a moment needs its time zone to have a civil date")
        return moment.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last day of a term, and what it was counted with."""

    due: date
    counted_from: date
    working_days: int
    calendar: str
    version: str
    provisional: bool


@lru_cache(maxsize=4096)
def deadline(calendar: Calendar, counted_from: date, working_days: int) -> Deadline:
    """Count `working_days` from the day after `counted_from` (Licensing Law, 82).

    A last day under a gale or black rainstorm warning rolls on to the next
    working day without one; within the term such days count (Cap. 1, s. 71(1)(b)).
    """
    if working_days < 1:
        raise CalendarError(f"a term is one working day or more, not {working_days}")
    first = counted_from + timedelta(days=1)
    days = (day for day in _days_from(first) if calendar.is_working_day(day))
    due = next(islice(days, working_days - 1, None))
    while due in calendar.warning_days:
        due = next(days)
    return Deadline(
        due=due,
        counted_from=counted_from,
        working_days=working_days,
        calendar=calendar.id,
        version=calendar.version,
        provisional=not all(map(calendar.is_announced, range(first.year, due.year + 1))),
    )


def ends_at(deadline: Deadline, zone: ZoneInfo) -> datetime:
    """Return the first instant after the last day, as `zone` reckons days, in UTC."""
    return starts_at(deadline.due + timedelta(days=1), zone)


def starts_at(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of `day` as `zone` reckons days, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += timedelta(days=1)
