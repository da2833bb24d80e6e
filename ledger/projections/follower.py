"""The follower reads the log in order and brings every view up to it.

It goes on from each view's own position, so nothing is skipped and nothing is
applied twice, whatever stopped it before. What fails for a moment is tried
again; what one view cannot apply is that view's trouble and no other's.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from ledger.application import Ledger
from ledger.projections.applying import folds_of
from ledger.projections.faults import PAUSES, Fault, fault_of
from ledger.projections.following import Following
from ledger.projections.keeper import Keeper
from ledger.projections.reading import Read, next_batch
from ledger.projections.rebuilding import fill, rebuild
from ledger.projections.view import View

__all__ = ["Follower", "fill", "rebuild"]

_log = logging.getLogger("tongban.follower")
_LOOK_AGAIN = 1.0
_SHARE = 10

Failures = list[tuple[Keeper, Exception]]


class Follower(Following):
    """Keeps the files of `made` views in `folder` up to the log."""

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        made: Sequence[View],
        *,
        pause: Callable[[float], object] = sleep,
        told: Callable[[], object] = bool,
    ) -> None:
        """`told` is called when views have come further, or what is in their way changed."""
        super().__init__(folder, made)
        self._ledger = ledger
        self._pause = pause
        self._told = told
        folds = folds_of(ledger)
        self._keepers = [Keeper(ledger, file, folds) for file in self.files]
        self._working = threading.Lock()

    def catch_up(self, watch: Callable[[int], object] = int) -> int:
        """Apply what is new to every view; `watch` is told each position reached.

        A view that fails lets the others go on; then its failure is raised,
        unless it passes in a moment.
        """
        failures = self._pass(self._keepers, watch)
        for seconds in PAUSES:
            if all(fault_of(error) is not Fault.MOMENT for _, error in failures):
                break
            self._pause(seconds)
            failures = self._pass(self._keepers, watch)
        if failures:
            raise failures[0][1]
        return self.position

    @property
    def keepers(self) -> Sequence[Keeper]:
        """How each view stands, to be read and nothing else."""
        return self._keepers

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop` is set; meant for a thread of its own.

        What goes wrong stands in `troubles` by its kind, and is tried again.
        """
        while not stop.is_set():
            # Taken first: what is appended during the pass ends the wait at once.
            head, began = self._ledger.head, monotonic()
            self._pass([k for k in self._keepers if not k.due_in], stopped=stop.is_set)
            again = [k.due_in for k in self._keepers if k.trouble is not None]
            took = monotonic() - began
            if self._ledger.wait_beyond(head, min([_LOOK_AGAIN, *again]), stop.is_set):
                # A pass costs each view a commit, however few entries there are.
                self._reached.rest(min(_LOOK_AGAIN, _SHARE * took))

    def wake(self) -> None:
        """Let `run` see at once that it is to stop."""
        self._ledger.wake()
        self._reached.wake()

    def close(self) -> None:
        """Close the view files."""
        with self._working:
            for file in self.files:
                file.close()

    def _pass(
        self,
        keepers: Sequence[Keeper],
        watch: Callable[[int], object] = int,
        stopped: Callable[[], bool] = bool,
    ) -> Failures:
        """Bring `keepers` up to the log; return what failed of those that did not get there."""
        with self._working:
            failures: Failures = []
            going = self._each(keepers, Keeper.look, failures)
            while going and not stopped():
                batch = self._next(going, failures)
                if not batch:
                    break
                going = self._each(going, partial(_go_on, batch=batch), failures)
                watch(batch[-1].position)
        failed = {keeper.name for keeper, _ in failures}
        for keeper in keepers:
            if keeper.name not in failed:
                keeper.well()
        for keeper, error in failures:
            if keeper.failed(error):
                said = "the view %s cannot follow the log: %s"
                _log.error(said, keeper.name, keeper.trouble)
        self._told()
        return failures

    def _next(self, going: Sequence[Keeper], failures: Failures) -> list[Read]:
        start = min(keeper.position for keeper in going)
        try:
            return next_batch(self._ledger, start)
        except Exception as error:
            failures += [(keeper, error) for keeper in going]
            return []

    def _each(
        self, keepers: Sequence[Keeper], work: Callable[[Keeper], object], failures: Failures
    ) -> list[Keeper]:
        """Have each of `keepers` do `work`, and return those that did."""
        did = []
        for keeper in keepers:
            try:
                work(keeper)
            except Exception as error:
                failures.append((keeper, error))
            else:
                did.append(keeper)
            self._reached.tell(keeper.name, keeper.position)
        self._told()
        return did


def _go_on(keeper: Keeper, batch: Sequence[Read]) -> None:
    keeper.apply(batch)
    # Before anybody is told of the position, who may ask next what is wrong.
    keeper.well()
