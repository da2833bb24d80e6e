"""What persons ask about their data, as rows: who answers for it sees what is due.

A row says what is asked, by which pseudonym and by when it has to be answered, and
nothing of what was written.
"""

from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from ledger.entry import Entry
from ledger.projections.folds import Folds
from ledger.projections.times import to_text
from ledger.request_events import (
    RequestGranted,
    RequestMade,
    RequestOverdue,
    RequestRefused,
    RequestWithdrawn,
)
from ledger.subject_events import SubjectErased

_INSERT = "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, 0)"
_PAGE = """
    SELECT * FROM requests
    WHERE position > :after AND (:subject IS NULL OR subject = :subject)
    AND (:status IS NULL OR status = :status) AND (:overdue IS NULL OR overdue = :overdue)
    ORDER BY position LIMIT :limit
"""
_LATE = """
    SELECT id, ends_at FROM requests WHERE status = 'open' AND ends_at <= ?
    ORDER BY ends_at, id LIMIT ?
"""
_DUE = "SELECT id FROM requests WHERE status = 'open' AND NOT overdue AND ends_at <= ?"


class RequestList:
    """Rows `requests`, by position in the log."""

    name = "requests"
    version = 1
    tables = ("requests",)
    personal = False

    def create(self, db: Database) -> None:
        """Create the table, and what finds a person's rows and those that are due."""
        table = db.table("requests")
        texts = ("id", "subject", "kind", "status", "made_at", "ends_at")
        table.create(
            {"position": int, **dict.fromkeys(texts, str), "overdue": int}, pk="position"
        )
        table.create_index(["id"])
        table.create_index(["subject"])
        table.create_index(["status", "ends_at"])

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write a row for every request, and how it ended; an erasure ends all of theirs."""
        del folds
        for entry in entries:
            match entry.event:
                case RequestMade() as event:
                    db.conn.execute(_INSERT, _row(entry, event))
                case RequestGranted():
                    _end(db, entry, "granted")
                case RequestRefused():
                    _end(db, entry, "refused")
                case RequestWithdrawn():
                    _end(db, entry, "withdrawn")
                case RequestOverdue():
                    sql = "UPDATE requests SET overdue = 1 WHERE id = ?"
                    db.conn.execute(sql, (entry.stream.hex,))
                case SubjectErased():
                    sql = "UPDATE requests SET status = 'erased' WHERE subject = ?"
                    db.conn.execute(f"{sql} AND status = 'open'", (entry.subject,))

    @staticmethod
    def page(db: Database, **which: object) -> list[dict[str, Any]]:
        """Return the rows that `which` names, in the order they were made."""
        return [{**row, "overdue": bool(row["overdue"])} for row in db.query(_PAGE, which)]

    @staticmethod
    def due(db: Database, now: str) -> list[str]:
        """Return, in hex, which requests are overdue now and are not said to be."""
        return [row[0] for row in db.execute(_DUE, (now,))]

    @staticmethod
    def late(db: Database, now: str, limit: int) -> list[tuple[str, str]]:
        """Return, in hex, which open requests are past their day, and since when."""
        return [(id, since) for id, since in db.execute(_LATE, (now, limit))]


def _row(entry: Entry, event: RequestMade) -> tuple[object, ...]:
    return (
        entry.position,
        entry.stream.hex,
        entry.subject,
        event.kind,
        "open",
        to_text(entry.recorded_at),
        to_text(event.ends_at),
    )


def _end(db: Database, entry: Entry, status: str) -> None:
    sql = "UPDATE requests SET status = ? WHERE id = ?"
    db.conn.execute(sql, (status, entry.stream.hex))
