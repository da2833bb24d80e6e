"""Whether a view is the fold of the log up to where it says it reaches.

The log is folded anew, into a temporary file without a name, and the contents
are compared. A view that is not there is not missed: it is made when needed.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from sqlite_utils import Database

from cose import CoseError
from ledger.application import Ledger
from ledger.cut import Cut
from ledger.errors import LedgerError
from ledger.projections.follower import fill
from ledger.projections.view import (
    View,
    content_digest,
    is_of,
    position,
    prepare,
    read_only,
)


def check(
    ledger: Ledger, folder: Path, view: View, watch: Callable[[int, int], object]
) -> tuple[int, str | None]:
    """Return the position that `view` reaches, and what is wrong with it, if anything.

    `watch` is told each position folded, and the last one.
    """
    link, mend = folder / f"{view.name}.sqlite", f"`tongban rebuild {view.name}` makes it anew"
    if not link.exists():
        return 0, None
    if not is_of(link.resolve(), view):
        return 0, f"is of another version, or damaged; {mend}"
    try:
        reached, content = _content(link, view)
    except (sqlite3.Error, CoseError, ValueError):
        return 0, f"is damaged; {mend}"
    if reached > (ledger.recorder.max_notification_id() or 0):
        return reached, f"reaches beyond the log; {mend}"
    try:
        fold = _fold(ledger, view, reached, watch)
    except (LedgerError, PersistenceError, sqlite3.Error, LookupError, ValueError):
        return reached, "cannot be compared: the log up to here does not fold"
    return reached, None if content == fold else f"is not the fold of the log; {mend}"


def _content(link: Path, view: View) -> tuple[int, str]:
    with closing(read_only(link)) as db:
        # Position and rows are of one moment, also while a server goes on writing.
        db.execute("BEGIN")
        return position(db), content_digest(db, view)


def _fold(ledger: Ledger, view: View, reached: int, watch: Callable[[int, int], object]) -> str:
    with closing(Database(sqlite3.connect("", isolation_level=None))) as db:
        prepare(db, view)
        fill(db, view, ledger, Cut(position=reached), lambda at: watch(at, reached))
        return content_digest(db, view)
