"""What is kept of each person, and since when it is over: where to look for what ends.

One row a person and stream. A case that goes on, and a request that nobody answered,
have no end; of other dealings the last counts. Who was erased has no row. Whether a
case is over is told by the event that ends it, without folding the case: an erasure
asks the log again.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlite_utils import Database

from ledger.binding_events import BINDING_EVENTS
from ledger.consent_events import CONSENT_EVENTS
from ledger.entry import Entry
from ledger.events import (
    CASE_EVENTS,
    ApplicationWithdrawn,
    CaseClosed,
    NotRequired,
    RejectedAtIntake,
    ToleranceLapsed,
)
from ledger.handover_events import HANDOVER_EVENTS
from ledger.mandate_events import MANDATE_EVENTS
from ledger.projections.folds import Folds
from ledger.projections.holdings import persons_in
from ledger.projections.times import to_text
from ledger.request_events import (
    RequestGranted,
    RequestMade,
    RequestRefused,
    RequestWithdrawn,
)
from ledger.subject_events import RestrictionLifted, SubjectErased
from ledger.verification_events import VERIFICATION_EVENTS

_CASES = frozenset(CASE_EVENTS.values())
_ENDS = frozenset(
    {ApplicationWithdrawn, CaseClosed, NotRequired, RejectedAtIntake, ToleranceLapsed}
)
_DEALINGS = frozenset(
    {
        *VERIFICATION_EVENTS.values(),
        *BINDING_EVENTS.values(),
        *MANDATE_EVENTS.values(),
        *CONSENT_EVENTS.values(),
        *HANDOVER_EVENTS.values(),
        RestrictionLifted,
        RequestGranted,
        RequestRefused,
        RequestWithdrawn,
    }
)
_UPSERT = "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)"
_OVER = """
    SELECT subject FROM kept GROUP BY subject
    HAVING COUNT(over_at) = COUNT(*) AND MAX(over_at) <= ? ORDER BY subject
"""


class Kept(NamedTuple):
    """Something that is kept: of which item, if of one, and since when it is over."""

    item: str | None
    over_at: str | None


class KeptList:
    """Rows `kept`, by subject and stream."""

    name = "kept"
    version = 1
    tables = ("kept",)
    personal = False

    def create(self, db: Database) -> None:
        """Create the table."""
        columns = {"subject": str, "stream": str, "item": str, "over_at": str}
        db.table("kept").create(columns, pk=("subject", "stream"))

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write the rows that `entries` touch, and take away whoever is erased."""
        del folds
        for entry in entries:
            kind = type(entry.event)
            if kind in _CASES:
                if entry.version == 1 or kind in _ENDS:
                    over_at = to_text(entry.recorded_at) if kind in _ENDS else None
                    row = (entry.subject, entry.stream.hex, entry.item, over_at)
                    db.conn.execute(_UPSERT, row)
            elif kind is SubjectErased:
                db.conn.execute("DELETE FROM kept WHERE subject = ?", (entry.subject,))
            elif kind is RequestMade:
                db.conn.execute(_UPSERT, (entry.subject, entry.stream.hex, None, None))
            elif kind in _DEALINGS:
                at, stream = to_text(entry.recorded_at), entry.stream.hex
                rows = [(who, stream, entry.item, at) for who in sorted(persons_in(entry))]
                db.conn.executemany(_UPSERT, rows)

    @staticmethod
    def over(db: Database, before: str) -> list[str]:
        """Return whose dealings are all over, the last of them before that time."""
        return [row[0] for row in db.execute(_OVER, (before,))]

    @staticmethod
    def of(db: Database, subject: str) -> list[Kept]:
        """Return what is kept of one person."""
        sql = "SELECT item, over_at FROM kept WHERE subject = ? ORDER BY stream"
        return [Kept(*row) for row in db.execute(sql, (subject,))]
