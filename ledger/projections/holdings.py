"""Where something of each person is: one row a person and stream, by pseudonym.

It is how all that is held of somebody is found without reading the whole log.
"""

from collections.abc import Sequence

from sqlite_utils import Database

from ledger.entry import Entry
from ledger.projections.folds import Folds


class Holdings:
    """Rows `held`, by subject and stream."""

    name = "holdings"
    version = 1
    tables = ("held",)
    personal = False

    def create(self, db: Database) -> None:
        """Create the table."""
        db.table("held").create({"subject": str, "stream": str}, pk=("subject", "stream"))

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write a row for every person an entry is about, once a stream."""
        del folds
        pairs = {
            (subject, entry.stream.hex)
            for entry in entries
            if (subject := entry.subject or getattr(entry.event, "subject", None)) is not None
        }
        db.conn.executemany("INSERT OR IGNORE INTO held VALUES (?, ?)", sorted(pairs))
