"""Where something of each person is: one row a person and stream, by pseudonym.

It is how all that is held of somebody is found without reading the whole log.
"""

from collections.abc import Sequence

from sqlite_utils import Database

from ledger.entry import Entry
from ledger.mandate_events import MandateConfirmed, MandateWithdrawn
from ledger.projections.folds import Folds
from ledger.revocation_events import SessionEnded, SubjectSessionsEnded
from ledger.verification_events import (
    DocumentSigned,
    VerificationAuthenticated,
    VerificationBegun,
    VerificationSucceeded,
)


class Holdings:
    """Rows `held`, by subject and stream."""

    name = "holdings"
    version = 2
    tables = ("held",)
    personal = False

    def create(self, db: Database) -> None:
        """Create the table."""
        db.table("held").create({"subject": str, "stream": str}, pk=("subject", "stream"))

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write a row for every person an entry is about, once a stream."""
        del folds
        pairs = {
            (subject, entry.stream.hex) for entry in entries for subject in persons_in(entry)
        }
        db.conn.executemany("INSERT OR IGNORE INTO held VALUES (?, ?)", sorted(pairs))


def persons_in(entry: Entry) -> frozenset[str]:
    """Return whom an entry is about, by pseudonym; of most of them, whose it is.

    A mandate is the enterprise's and about the person too. A verification that was
    begun by somebody known is about them, whoever comes back. A session that ended
    is told with who ended it, since it has no other name there.
    """
    event, also = entry.event, None
    match event:
        case MandateConfirmed() | SessionEnded():
            also = entry.actor.id
        case MandateWithdrawn():
            also = event.person
        case VerificationBegun():
            also = event.about
        case (
            SubjectSessionsEnded()
            | VerificationAuthenticated()
            | VerificationSucceeded()
            | DocumentSigned()
        ):
            also = event.subject
    return frozenset(each for each in (entry.subject, also) if each is not None)
