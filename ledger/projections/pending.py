"""Verifications that are under way: a row from begun to the end, and none after it.

It is only where to look for those whose time ran out; whether one is over is for
its own entries to say.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlite_utils import Database

from ledger.entry import Entry
from ledger.projections.folds import Folds
from ledger.projections.times import to_text
from ledger.projections.view import read_only
from ledger.verification_events import (
    DocumentSigned,
    VerificationBegun,
    VerificationFailed,
    VerificationSucceeded,
)

_ENDS = (DocumentSigned, VerificationFailed, VerificationSucceeded)


class Pending:
    """Rows `pending`, by verification."""

    name = "pending"
    version = 1
    tables = ("pending",)
    personal = False

    def create(self, db: Database) -> None:
        """Create the table."""
        db.table("pending").create({"id": str, "expires_at": str}, pk="id")

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write a row for what is begun, and take away what ended."""
        del folds
        for entry in entries:
            event, id = entry.event, entry.stream.hex
            if isinstance(event, VerificationBegun):
                row = (id, to_text(event.expires_at))
                db.conn.execute("INSERT OR REPLACE INTO pending VALUES (?, ?)", row)
            elif isinstance(event, _ENDS):
                db.conn.execute("DELETE FROM pending WHERE id = ?", (id,))


def expired(folder: Path, now: datetime) -> list[UUID]:
    """Return the verifications in the view in `folder` whose time ran out before `now`."""
    try:
        with closing(read_only(folder / f"{Pending.name}.sqlite")) as db:
            sql = "SELECT id FROM pending WHERE expires_at <= ? ORDER BY expires_at"
            return [UUID(hex=row["id"]) for row in db.query(sql, [to_text(now)])]
    except sqlite3.OperationalError:
        # The view is not there yet; whatever ran out did not run away.
        return []
