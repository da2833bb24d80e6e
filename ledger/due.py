"""The duties that run, and which of them time settles, as the case list has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database

from ledger.calendar import Calendar
from ledger.projections.times import to_text

SETTLED_BY_TIME = ("intake", "supplement")
"""The duties whose last day brings something about by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A duty that time settles and whose day is over, or that today's calendar may move."""

    case_id: UUID
    duty: str
    due: str
    version: str
    outdated: bool
    is_over: bool


def counted_duties(db: Database, now: datetime) -> tuple[int, int]:
    """Return how many duties run whose last day is to come at `now`, and is over."""
    sql = "SELECT count(*), coalesce(sum(ends_at <= ?), 0) FROM duties"
    [(every, overdue)] = db.execute(sql, [to_text(now)])
    return every - overdue, overdue


def due_duties(db: Database, now: datetime, calendars: Mapping[str, Calendar]) -> list[Due]:
    """Return what the clock may settle at `now`, or a calendar's new notice may move."""
    versions = [calendar.version for calendar in calendars.values()]
    outdated = f"calendar_version NOT IN ({', '.join('?' * len(versions))})"
    is_over = f"ends_at <= ? AND NOT provisional AND duty IN {SETTLED_BY_TIME}"
    sql = (
        f"SELECT id, duty, due, calendar, {outdated} AS outdated, {is_over} AS is_over"
        " FROM duties WHERE outdated OR is_over ORDER BY ends_at, id, duty"
    )
    return [
        Due(
            case_id=UUID(hex=row["id"]),
            duty=row["duty"],
            due=row["due"],
            version=calendars[row["calendar"]].version,
            outdated=bool(row["outdated"]),
            is_over=bool(row["is_over"]),
        )
        for row in db.query(sql, [*versions, to_text(now)])
    ]
