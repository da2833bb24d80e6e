"""What happened that a supervisor should look at, as rows by position in the log.

Only what an entry tells is here, and stays; what is so for a while, such as a deadline
that is overdue, is asked for when it is shown.
"""

from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from ledger.entry import Entry
from ledger.events import AcceptanceDeemed, CorrectionRequested, ToleranceLapsed
from ledger.log_events import LogForked
from ledger.message_events import MessageContradicted, MessageUnsent
from ledger.projections.folds import Folds
from ledger.projections.times import to_text
from ledger.subscription_events import DeliveryGivenUp, SubscriptionDisabled

_INSERT = "INSERT INTO raised VALUES (?, ?, ?, ?)"
_PAGE = """
    SELECT position, kind, about, since FROM raised
    WHERE position > :after ORDER BY position LIMIT :limit
"""


class AlertList:
    """Rows `raised` by position, and `corrected`, the cases that were sent back once."""

    name = "alerts"
    version = 1
    tables = ("raised", "corrected")
    personal = False

    def create(self, db: Database) -> None:
        """Create the two tables."""
        columns = {"position": int, "kind": str, "about": str, "since": str}
        db.table("raised").create(columns, pk="position")
        db.table("corrected").create({"id": str}, pk="id")

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write a row for every entry that raises an alert."""
        del folds
        for entry in entries:
            raised = _raised(db, entry)
            if raised is not None:
                kind, about = raised
                since = to_text(entry.effective_at)
                db.conn.execute(_INSERT, (entry.position, kind, about, since))

    @staticmethod
    def page(db: Database, *, after: int, limit: int) -> list[dict[str, Any]]:
        """Return the rows beyond position `after`, in the order of the log."""
        return [*db.query(_PAGE, {"after": after, "limit": limit})]


def _raised(db: Database, entry: Entry) -> tuple[str, str] | None:
    match entry.event:
        case AcceptanceDeemed():
            return "acceptance_deemed", str(entry.stream)
        case ToleranceLapsed():
            return "tolerance_lapsed", str(entry.stream)
        case CorrectionRequested():
            # All that is missing is to be told at once (Licensing Law art. 32(4), 72(4)).
            id = (entry.stream.hex,)
            cursor = db.conn.execute("INSERT OR IGNORE INTO corrected VALUES (?)", id)
            return None if cursor.rowcount else ("second_correction", str(entry.stream))
        case MessageContradicted(sender=region):
            return "partner_contradicted", region
        case MessageUnsent(to=region):
            return "message_unsent", region
        case LogForked(origin=origin):
            return "log_forked", origin
        case SubscriptionDisabled(subscription=subscription):
            return "subscription_disabled", str(subscription)
        case DeliveryGivenUp(subscription=subscription):
            return "delivery_given_up", str(subscription)
        case _:
            return None
