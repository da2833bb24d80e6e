"""Whether a view is the fold of the log up to where it says it reaches.

The log is folded anew, into a temporary file without a name, and the contents
are compared. A view that is not there is not missed: it is made when needed.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from sqlite_utils import Database

from cose import CoseError
from ledger.application import Ledger
from ledger.errors import LedgerError
from ledger.projections import quarantine
from ledger.projections.applying import Applier, folds_of
from ledger.projections.index_check import is_indexed
from ledger.projections.quarantine import SetAside
from ledger.projections.rebuilding import fold_on
from ledger.projections.view import (
    View,
    content_digest,
    is_of,
    position,
    prepare,
    read_only,
)


def check(
    ledger: Ledger,
    folder: Path,
    view: View,
    watch: Callable[[int, int], object],
    mend: str | None = None,
) -> tuple[int, str | None]:
    """Return the position that `view` reaches, and what is wrong with it, if anything.

    Where entries were set aside it is the position of the first. `watch` is
    told each position folded, and the last one. `mend` is what to do about it,
    where that is not to fold it anew.
    """
    link = folder / f"{view.name}.sqlite"
    mend = mend or f"`tongban rebuild {view.name}` makes it anew"
    if not link.exists():
        return 0, None
    if not is_of(link.resolve(), view):
        return 0, f"is of another version, or damaged; {mend}"
    try:
        live, is_whole = content(link, view), is_indexed(link, view)
    except (sqlite3.Error, CoseError, ValueError):
        return 0, f"is damaged; {mend}"
    if live.reached > (ledger.recorder.max_notification_id() or 0):
        return live.reached, f"reaches beyond the log; {mend}"
    try:
        folded = fold_digest(ledger, view, live.reached, watch)
    except (LedgerError, PersistenceError, sqlite3.Error, LookupError, ValueError):
        return live.reached, "cannot be compared: the log up to here does not fold"
    if live.digest != folded:
        return live.reached, f"is not the fold of the log; {mend}"
    if not is_whole:
        return live.reached, f"has an index that is not that of its rows; {mend}"
    if live.aside is not None:
        return live.aside.position, f"has set this entry aside: {live.aside.problem}; {mend}"
    return live.reached, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the file of a view held at one moment; `aside` is the first entry not in it."""

    reached: int
    digest: str
    aside: SetAside | None


def content(link: Path, view: View) -> Content:
    """Return what is in the file of `view`, also while a server goes on writing."""
    with closing(read_only(link)) as db:
        # Position, rows and what is set aside are of one moment.
        db.execute("BEGIN")
        return Content(
            reached=position(db),
            digest=content_digest(db, view),
            aside=next(quarantine.listed(db, 1), None),
        )


def fold_digest(
    ledger: Ledger, view: View, until: int, watch: Callable[[int, int], object]
) -> str:
    """Fold the log up to position `until` into a file without a name; return its digest."""
    with closing(Database(sqlite3.connect("", isolation_level=None))) as db:
        prepare(db, view)
        applier = Applier(ledger, view, folds_of(ledger))
        while fold_on(db, applier, ledger, lambda at: watch(at, until), until=until):
            pass
        return content_digest(db, view)
