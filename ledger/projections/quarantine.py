"""Entries that a view could not apply, listed in its own file beside its rows.

What happened to a case after such an entry is set aside with it: folded onto a
state that lacks a step, it would be wrong and look right. So the rows of a case
stay as its last good entry left them, and everything not in them is listed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlite_utils import Database

from ledger.entry import Event
from ledger.projections.folds import CASE_KINDS
from ledger.projections.times import to_text
from ledger.verification_events import VERIFICATION_EVENTS

TABLE: Final = "quarantined"
HELD_BACK: Final = "follows one set aside"
MOST: Final = 100
"""With more failures of its own than this, a view is at fault itself and stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An entry that is not in the rows; `problem` is a kind of error, never its text."""

    position: int
    stream: UUID
    problem: str
    since: str


def may_be_set_aside(kind: type[Event] | None) -> bool:
    """Tell whether a view is right without events of this `kind`, but for their own stream.

    The rest is what other streams rest on, such as mappings, keys and erasures.
    """
    return kind in _ON_THEIR_OWN


def prepare(db: Database) -> None:
    """Make the table, unless it is there."""
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {TABLE}"
        " (position INTEGER PRIMARY KEY, stream TEXT, problem TEXT, since TEXT)"
    )


def put_aside(db: Database, entries: Iterable[SetAside]) -> None:
    """List `entries`; one that is listed already keeps its time."""
    db.conn.executemany(
        f"INSERT OR IGNORE INTO {TABLE} VALUES (?, ?, ?, ?)",
        [(e.position, e.stream.hex, e.problem, e.since) for e in entries],
    )


def set_aside(position: int, stream: UUID, problem: str, now: datetime) -> SetAside:
    """Return an entry set aside `now`."""
    return SetAside(position=position, stream=stream, problem=problem, since=to_text(now))


def listed(db: Database, limit: int = -1) -> Iterator[SetAside]:
    """Yield what is set aside, in the order of the log."""
    sql = (
        f"SELECT position, stream, problem, since FROM {TABLE}"
        " WHERE position <= (SELECT position FROM reached) ORDER BY position LIMIT ?"
    )
    for position, stream, problem, since in db.execute(sql, (limit,)):
        yield SetAside(position=position, stream=UUID(hex=stream), problem=problem, since=since)


def count(db: Database) -> int:
    """How many entries are set aside."""
    sql = f"SELECT count(*) FROM {TABLE} WHERE position <= (SELECT position FROM reached)"
    return int(db.execute(sql).fetchone()[0])


def failures(db: Database) -> int:
    """How many entries are set aside for a failure of their own."""
    sql = f"SELECT count(*) FROM {TABLE} WHERE problem <> ?"
    return int(db.execute(sql, (HELD_BACK,)).fetchone()[0])


def stands_at(db: Database) -> SetAside | None:
    """Return the entry beyond the rows at which the view stands still, if it does."""
    sql = (
        f"SELECT position, stream, problem, since FROM {TABLE}"
        " WHERE position > (SELECT position FROM reached)"
    )
    row = db.execute(sql).fetchone()
    if row is None:
        return None
    return SetAside(position=row[0], stream=UUID(hex=row[1]), problem=row[2], since=row[3])


def streams(db: Database) -> frozenset[UUID]:
    """The streams of which something is set aside."""
    rows = db.execute(f"SELECT DISTINCT stream FROM {TABLE}").fetchall()
    return frozenset(UUID(hex=row[0]) for row in rows)


def release(db: Database, after: int) -> None:
    """Take what lies beyond position `after` off the list, to be tried once more."""
    db.execute(f"DELETE FROM {TABLE} WHERE position > ?", (after,))


_ON_THEIR_OWN = CASE_KINDS | frozenset(VERIFICATION_EVENTS.values())
