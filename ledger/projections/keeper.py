"""One view that is kept up to the log, and what stands in its way if something does."""

from collections.abc import Sequence
from time import monotonic

from ledger.application import Ledger
from ledger.projections import quarantine, view
from ledger.projections.applying import Applier
from ledger.projections.faults import PAUSES, Fault, fault_of
from ledger.projections.folds import Folds
from ledger.projections.reading import Read
from ledger.projections.view_file import ViewFile


class Keeper:
    """Writes the rows of one view; used by one thread at a time.

    `trouble` is the kind of what failed last, `None` while nothing does.
    """

    def __init__(self, ledger: Ledger, file: ViewFile, folds: Folds) -> None:
        self.file = file
        self.name = file.view.name
        self.position = 0
        self.set_aside = 0
        self.trouble: str | None = None
        self._applier = Applier(ledger, file.view, folds)
        self._failed = 0
        self._again_at = 0.0

    @property
    def due_in(self) -> float:
        """For how many seconds to let the view be, after a failure; later each time."""
        return 0.0 if self.trouble is None else max(0.0, self._again_at - monotonic())

    def look(self) -> None:
        """Find out how far the file reaches that readers find now."""
        db = self.file.database()
        self.position, self.set_aside = view.position(db), quarantine.count(db)

    def apply(self, batch: Sequence[Read]) -> None:
        """Commit what of `batch` the view lacks; nothing if it lacks what is before it.

        Raises `ViewStopped` once what precedes an entry it cannot pass is committed.
        """
        if batch[-1].position <= self.position:
            return
        with self.file.writing() as db:
            # The file may be another than at the last look, ahead of it or behind.
            self.position = view.position(db)
            new = [each for each in batch if each.position > self.position]
            if not new or new[0].position != self.position + 1:
                return
            outcome = self._applier.apply(db, new)
        self.position = outcome.reached
        self.set_aside += len(outcome.aside)
        outcome.tell()
        outcome.check()

    def well(self) -> None:
        """Say that nothing stands in the way."""
        self.trouble, self._failed = None, 0

    def failed(self, error: Exception) -> bool:
        """Note what failed, for another try later; return whether that is news."""
        problem = type(error).__name__
        is_news = self.trouble != problem
        self.trouble = problem
        waits = PAUSES if fault_of(error) is Fault.MOMENT else _LATER
        self._again_at = monotonic() + waits[min(self._failed, len(waits) - 1)]
        self._failed += 1
        return is_news


_LATER = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
