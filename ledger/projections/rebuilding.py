"""Folding the log anew: into a new file of a view, or as it stood at some point."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from time import sleep

from sqlite_utils import Database

from ledger.application import Ledger
from ledger.cut import Cut
from ledger.entry import Entry
from ledger.projections import quarantine
from ledger.projections import view as views
from ledger.projections.applying import Applier, folds_of
from ledger.projections.faults import retried
from ledger.projections.reading import BATCH, next_batch
from ledger.projections.view import View
from ledger.projections.view_file import ViewFile

# Rows of one case lie far from those of the next, so the more are written together,
# the fewer pages are written twice.
_AT_ONCE = 10_000


def rebuild(
    ledger: Ledger, folder: Path, view: View, watch: Callable[[int], object] = int
) -> int:
    """Fold the whole log into a new file of `view` and swap it in; the old one serves.

    A follower may be at work, also in another process: it goes on in the new
    file, which holds all that readers found in the old one. What was set aside
    is tried again; return how many entries are set aside now. Raises `HomeBusy`
    beside another rebuild of the view, and `ViewStopped`; the old file then stays.
    """
    file = ViewFile(folder, view)
    with file.replacing() as path, closing(views.open_view(path, view)) as db:
        applier, head = Applier(ledger, view, folds_of(ledger)), ledger.head
        while views.position(db) < head and fold_on(db, applier, ledger, watch):
            pass
        with file.standing_still() as seen:
            while views.position(db) < seen and fold_on(db, applier, ledger, watch):
                pass
            file.swap(path)
        return quarantine.count(db)


def fold_on(
    db: Database,
    applier: Applier,
    ledger: Ledger,
    watch: Callable[[int], object] = int,
    *,
    until: int | None = None,
) -> int:
    """Apply the next batch of the log to a file nobody else writes; return its length.

    Nothing beyond position `until` is applied. Raises `ViewStopped` where the
    view cannot go on.
    """
    after = views.position(db)
    batch = retried(lambda: next_batch(ledger, after, until=until, most=_AT_ONCE), sleep)
    if batch:
        with db.atomic():
            outcome = applier.apply(db, batch)
        outcome.tell()
        outcome.check()
        watch(outcome.reached)
    return len(batch)


def fill(
    db: Database,
    view: View,
    ledger: Ledger,
    cut: Cut,
    watch: Callable[[int], object] = int,
) -> None:
    """Apply every entry that `cut` admits, from the first, to an empty view.

    Nothing is set aside: raises what the view raises.
    """
    folds = folds_of(ledger, cut)
    admitted = (entry for entry in ledger.read(0) if cut.admits(entry))
    for batch in _batches(admitted):
        views.apply(db, view, batch, folds)
        watch(batch[-1].position)


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, BATCH)):
        yield batch
