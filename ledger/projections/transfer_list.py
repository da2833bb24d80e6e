"""The register of transfers as rows: what kinds of data went where, for whom and why.

A region is asked about somebody before it is known under which pseudonym they
will be: their transfer is theirs from the verification's success on.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from ledger.entry import Entry
from ledger.projections.folds import Folds
from ledger.projections.times import to_text
from ledger.transfer_events import TransferRecorded
from ledger.verification_events import VerificationSucceeded

_TEXTS = (
    "subject", "recipient", "contract", "categories", "purpose", "basis", "cause", "sent_at",
)  # fmt: skip
_INSERT = "INSERT INTO transferred VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OWNED = "UPDATE transferred SET subject = ? WHERE cause = ? AND subject IS NULL"
_PAGE = """
    SELECT * FROM transferred
    WHERE position > :after AND (:subject IS NULL OR subject = :subject)
    AND (:recipient IS NULL OR recipient = :recipient) ORDER BY position LIMIT :limit
"""


class TransferList:
    """Rows `transferred`, by position in the log."""

    name = "transfers"
    version = 1
    tables = ("transferred",)
    personal = False

    def create(self, db: Database) -> None:
        """Create the table, and what finds a person's rows."""
        table = db.table("transferred")
        table.create({"position": int, **dict.fromkeys(_TEXTS, str)}, pk="position")
        table.create_index(["subject"])
        table.create_index(["cause"])

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write a row for every transfer, and say whose it was once that is known."""
        del folds
        for entry in entries:
            match entry.event:
                case TransferRecorded():
                    db.conn.execute(_INSERT, _row(entry, entry.event))
                case VerificationSucceeded(subject=subject):
                    db.conn.execute(_OWNED, (subject, str(entry.stream)))

    @staticmethod
    def page(db: Database, **which: object) -> list[dict[str, Any]]:
        """Return the rows that `which` names, in the order of the log."""
        return [
            {**row, "categories": json.loads(row["categories"])}
            for row in db.query(_PAGE, which)
        ]


def _row(entry: Entry, event: TransferRecorded) -> tuple[object, ...]:
    return (
        entry.position,
        entry.subject,
        event.recipient,
        event.contract,
        json.dumps(event.categories),
        event.purpose,
        event.basis,
        event.cause,
        to_text(event.sent_at),
    )
