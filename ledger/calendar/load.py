"""How calendars are read: a data file a year, ours in `years` and an operator's.

Each file is written from the official notices it cites, in their own words: spans
of holidays, and on the mainland the weekend days worked in their place. An
operator's file replaces ours of the same year, and brings the next one. A calendar's
version ends in a digest of its years, so a corrected file is always told apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, json

from ledger.calendar.working_days import Calendar, CalendarError
from ledger.datafile import read_folder

Text = Annotated[str, Meta(min_length=1)]
CalendarId = Annotated[str, Meta(pattern=r"^CN(-[A-Z]{2})?\Z")]


class Notice(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a year's days were announced; the last `issued` is in the version."""

    title: Text
    issued: date
    number: str | None = None
    url: str | None = None


class Holiday(Struct, frozen=True, forbid_unknown_fields=True):
    """Days off in a row, both ends included; without `last`, a single day."""

    name: Text
    first: date
    last: date | None = None

    def __post_init__(self) -> None:
        if self.last and self.last < self.first:
            raise ValueError("`last` is before `first`")

    def days(self) -> Iterator[date]:
        """Yield each day off."""
        length = (self.last or self.first) - self.first
        return (self.first + timedelta(days=n) for n in range(length.days + 1))


class Year(Struct, frozen=True, forbid_unknown_fields=True):
    """One year of one calendar. A notice may reach back into the December before."""

    calendar: CalendarId
    zone: str
    year: int
    notices: Annotated[tuple[Notice, ...], Meta(min_length=1)]
    holidays: Annotated[tuple[Holiday, ...], Meta(min_length=1)]
    make_up_days: tuple[date, ...] = ()
    warning_days: tuple[date, ...] = ()
    notes: str | None = None

    def __post_init__(self) -> None:
        off = set(self.days_off())
        for day in sorted(off.union(self.make_up_days, self.warning_days)):
            if not date(self.year - 1, 12, 1) <= day <= date(self.year, 12, 31):
                raise ValueError(f"{day} is not a day of `year` {self.year}")
        for day in self.make_up_days:
            if day.weekday() < 5 or day in off:
                raise ValueError(f"`make_up_days`: {day} is not a weekend day to be worked")
        try:
            ZoneInfo(self.zone)
        except (ValueError, OSError, KeyError) as error:
            raise ValueError(f"`zone`: no time zone {self.zone!r} is known") from error

    def days_off(self) -> Iterator[date]:
        """Yield each day off, in the notice's order."""
        return (day for holiday in self.holidays for day in holiday.days())


def load_calendars(extra: Path | None = None) -> Mapping[str, Calendar]:
    """Read our calendars and an operator's by id, or raise `CalendarError`."""
    years = _read(None) if extra is None else _read(None) | _read(extra)
    ids = sorted({year.calendar for year in years.values()})
    return {id: _calendar(id, [y for y in years.values() if y.calendar == id]) for id in ids}


def _read(folder: Path | None) -> dict[str, Year]:
    years = read_folder(folder or files("ledger.calendar.years"), Year, CalendarError)
    for name, year in years.items():
        if name != f"{year.calendar}-{year.year}":
            raise CalendarError(
                f"{name}.json: `calendar` and `year` ask for the file name"
                f" {year.calendar}-{year.year}.json"
            )
    return years


def _calendar(id: str, years: Iterable[Year]) -> Calendar:
    years = sorted(years, key=lambda year: year.year)
    for year in years:
        if year.zone != years[0].zone:
            raise CalendarError(
                f"{id}-{year.year}.json: `zone` is {year.zone}, in earlier years"
                f" {years[0].zone}"
            )
    warnings = frozenset(day for year in years for day in year.warning_days)
    return Calendar(
        id=id,
        version=_version(id, years),
        zone=ZoneInfo(years[0].zone),
        years=frozenset(year.year for year in years),
        holidays=frozenset(day for year in years for day in year.days_off()),
        make_up_days=frozenset(day for year in years for day in year.make_up_days),
        warning_days=warnings,
    )


def _version(id: str, years: Sequence[Year]) -> str:
    days = {notice.issued for year in years for notice in year.notices}
    days |= {day for year in years for day in year.warning_days}
    return f"{id} {max(days)} {sha256(json.encode(years)).hexdigest()[:6]}"
