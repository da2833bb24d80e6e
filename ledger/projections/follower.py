"""The follower reads the log in order and brings every view up to it.

It goes on from each view's own position, so nothing is skipped and nothing is
applied twice, whatever stopped it before.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlite_utils import Database

from ledger.application import Ledger
from ledger.cut import Cut
from ledger.entry import Entry
from ledger.projections import view as views
from ledger.projections.folds import Folds
from ledger.projections.view import View, ViewFile

BATCH = 1_000
_log = logging.getLogger("tongban.follower")
_LOOK_AGAIN = 1.0


class Follower:
    """Keeps the files of `made` views in `folder` up to the log."""

    def __init__(self, ledger: Ledger, folder: Path, made: Sequence[View]) -> None:
        self.files = [ViewFile(folder, view) for view in made]
        self._ledger = ledger
        self._reached = threading.Condition()
        self._position = 0
        self.trouble: str | None = None
        self._folds = {file.view.name: _folds(ledger) for file in self.files}

    def catch_up(self, watch: Callable[[int], object] = int) -> int:
        """Apply what is new to every view; `watch` is told each position reached.

        A view that fails lets the others go on; then its failure is raised.
        """
        # One connection throughout: were the link swapped meanwhile, these rows
        # would go to the file nobody reads any more, and the next call finds the new one.
        made = [(file.view, file.database()) for file in self.files]
        reached = min(views.position(db) for _, db in made)
        failures: list[Exception] = []
        for batch in _batches(self._ledger.read(reached)):
            made = [each for each in made if self._applied(*each, batch, failures)]
            reached = batch[-1].position
            watch(reached)
        if failures:
            raise failures[0]
        with self._reached:
            self._position = reached
            self._reached.notify_all()
        return reached

    @property
    def position(self) -> int:
        """How far every view has come."""
        return self._position

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop` is set; meant for a thread of its own.

        What goes wrong stands in `trouble` by its kind, and is tried again.
        """
        while not stop.is_set():
            try:
                self.catch_up()
                self.trouble = None
            except Exception as error:
                self.trouble = type(error).__name__
                _log.exception("the views cannot follow the log")
                stop.wait(_LOOK_AGAIN)
            self._ledger.wait_beyond(self._position, _LOOK_AGAIN, stop.is_set)

    def wait_for(self, position: int, seconds: float) -> bool:
        """Wait until every view has reached `position`; return whether they did."""
        with self._reached:
            return self._reached.wait_for(lambda: self._position >= position, seconds)

    def close(self) -> None:
        """Close the view files."""
        for file in self.files:
            file.close()

    def _applied(
        self, view: View, db: Database, batch: Sequence[Entry], failures: list[Exception]
    ) -> bool:
        try:
            reached = views.position(db)
            new = [entry for entry in batch if entry.position > reached]
            if new:
                views.apply(db, view, new, self._folds[view.name])
        except Exception as error:
            failures.append(error)
            return False
        return True


def rebuild(
    ledger: Ledger, folder: Path, view: View, watch: Callable[[int], object] = int
) -> None:
    """Fold the whole log into a new file of `view` and swap it in; the old one serves.

    A follower may be at work, also in another process: it goes on in the new file.
    Raises `HomeBusy` beside another rebuild of the view.
    """
    file = ViewFile(folder, view)
    with file.replacing() as path, closing(views.open_view(path, view)) as db:
        fill(db, view, ledger, Cut(), watch)


def fill(
    db: Database,
    view: View,
    ledger: Ledger,
    cut: Cut,
    watch: Callable[[int], object] = int,
) -> None:
    """Apply every entry that `cut` admits, from the first, to an empty view."""
    folds = _folds(ledger, cut)
    admitted = (entry for entry in ledger.read(0) if cut.admits(entry))
    for batch in _batches(admitted):
        views.apply(db, view, batch, folds)
        watch(batch[-1].position)


def _folds(ledger: Ledger, cut: Cut = Cut()) -> Folds:
    def load(stream: UUID) -> Iterable[Entry]:
        return filter(cut.admits, ledger.entries(stream, opened=False))

    return Folds(load)


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, BATCH)):
        yield batch
