"""Refused tokens as rows: whose they were, and which step refused them.

Only tokens that a known issuer did sign are recorded, so what is counted here is
what partners did, and not what strangers made up.
"""

from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from ledger.entry import Entry
from ledger.projections.folds import Folds
from ledger.projections.times import to_text
from ledger.verification_events import TokenRefused

_TEXTS = ("issuer", "typ", "step", "digest", "recorded_at")
_INSERT = "INSERT INTO refused VALUES (?, ?, ?, ?, ?, ?)"
_PAGE = """
    SELECT position, recorded_at, issuer, typ, step, digest FROM refused
    WHERE position > :after AND (:issuer IS NULL OR issuer = :issuer)
    ORDER BY position LIMIT :limit
"""


class RefusalList:
    """Rows `refused`, by position in the log."""

    name = "refusals"
    version = 1
    tables = ("refused",)
    personal = False

    def create(self, db: Database) -> None:
        """Create the table, and what finds an issuer's rows."""
        table = db.table("refused")
        table.create({"position": int, **dict.fromkeys(_TEXTS, str)}, pk="position")
        table.create_index(["issuer"])

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write a row for every token that was refused."""
        del folds
        for entry in entries:
            if isinstance(entry.event, TokenRefused):
                db.conn.execute(_INSERT, _row(entry, entry.event))

    @staticmethod
    def page(db: Database, **which: object) -> list[dict[str, Any]]:
        """Return the rows that `which` names, in the order of the log."""
        return [*db.query(_PAGE, which)]


def _row(entry: Entry, event: TokenRefused) -> tuple[object, ...]:
    return (
        entry.position,
        event.issuer,
        event.typ,
        event.step,
        event.digest,
        to_text(entry.recorded_at),
    )
