"""One view that is kept up to the log, and what stands in its way if something does."""

from collections.abc import Callable, Sequence
from time import monotonic

from ledger.application import Ledger
from ledger.projections import quarantine, view
from ledger.projections.applying import Applier
from ledger.projections.faults import Fault, fault_of, retried
from ledger.projections.reading import Read
from ledger.projections.view_file import ViewFile


class Keeper:
    """Writes the rows of one view; used by one thread at a time.

    `trouble` is the kind of what failed last, `None` while nothing does.
    """

    def __init__(
        self, ledger: Ledger, file: ViewFile, pause: Callable[[float], object]
    ) -> None:
        self.file = file
        self.name = file.view.name
        self.position = 0
        self.set_aside = 0
        self.trouble: str | None = None
        self._applier = Applier(ledger, file.view)
        self._pause = pause
        self._again_at = 0.0
        self._wait = _SHORTEST

    @property
    def is_due(self) -> bool:
        """Whether it is time to try; later each time while the moment is not to blame."""
        return self.trouble is None or monotonic() >= self._again_at

    def look(self) -> None:
        """Find out how far the file reaches that readers find now."""
        retried(self._look, self._pause)

    def apply(self, batch: Sequence[Read]) -> None:
        """Commit what of `batch` the view lacks; nothing if it lacks what is before it.

        Raises `ViewStopped` once what precedes an entry it cannot pass is committed.
        """
        if batch[-1].position > self.position:
            retried(lambda: self._apply(batch), self._pause)

    def well(self) -> None:
        """Say that nothing stands in the way."""
        self.trouble, self._wait = None, _SHORTEST

    def failed(self, error: Exception) -> bool:
        """Note what failed, for another try later; return whether that is news."""
        problem = type(error).__name__
        is_news = self.trouble != problem
        self.trouble = problem
        if fault_of(error) is Fault.MOMENT:
            self._wait = _SHORTEST
        self._again_at = monotonic() + self._wait
        self._wait = min(2 * self._wait, _LONGEST)
        return is_news

    def _look(self) -> None:
        db = self.file.database()
        self.position, self.set_aside = view.position(db), quarantine.count(db)

    def _apply(self, batch: Sequence[Read]) -> None:
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


_SHORTEST, _LONGEST = 1.0, 60.0
