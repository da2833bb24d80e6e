"""Applying entries to one view: all of a batch, or all but what cannot be.

Runs inside the transaction of whoever calls, so that rows, position and the
list of what was set aside become durable together.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlite_utils import Database

from ledger.application import Ledger
from ledger.cut import Cut
from ledger.entry import Entry
from ledger.errors import LogDamaged, ViewStopped
from ledger.projections import quarantine
from ledger.projections.faults import Fault, fault_of
from ledger.projections.folds import Folds
from ledger.projections.quarantine import (
    HELD_BACK,
    MOST,
    SetAside,
    may_be_set_aside,
    set_aside,
)
from ledger.projections.reading import Read
from ledger.projections.view import View, move_to

_log = logging.getLogger("tongban.follower")


@dataclass(slots=True, kw_only=True)
class Outcome:
    """How far a view came, what it set aside on the way, and what it stands still at."""

    view: str
    reached: int
    aside: list[SetAside] = field(default_factory=list)
    stopped: SetAside | None = None

    def tell(self) -> None:
        """Tell our own log what was set aside, once it is committed; by position only."""
        for each in self.aside:
            level = logging.WARNING if each.problem == HELD_BACK else logging.ERROR
            said = "the view %s sets position %d aside: %s"
            _log.log(level, said, self.view, each.position, each.problem)

    def check(self) -> None:
        """Raise `ViewStopped` if the view stands still."""
        if self.stopped is not None:
            at, problem = self.stopped.position, self.stopped.problem
            raise ViewStopped(f"the view {self.view} stands still at position {at}: {problem}")


class Applier:
    """Applies entries of `ledger` to `view`, with states that `folds` has of them."""

    def __init__(self, ledger: Ledger, view: View, folds: Folds) -> None:
        self._ledger = ledger
        self._view = view
        self._folds = folds

    def apply(self, db: Database, batch: Sequence[Read]) -> Outcome:
        """Write what `batch`, the next of the log, brings about.

        Raises only what is not the fault of an entry.
        """
        outcome = Outcome(view=self._view.name, reached=batch[-1].position)
        stood = quarantine.stands_at(db)
        quarantine.release(db, after=batch[0].position - 1)
        held = set(quarantine.streams(db))
        free = [each for each in batch if each.stream not in held] if held else batch
        if self._all(db, free):
            behind = [each for each in batch if each.stream in held]
            outcome.aside = [self._set_aside(each, HELD_BACK) for each in behind]
        else:
            self._one_by_one(db, batch, held, outcome)
        quarantine.put_aside(db, outcome.aside)
        if outcome.stopped is not None:
            again = stood is not None and stood.position == outcome.stopped.position
            quarantine.put_aside(db, [stood if again and stood else outcome.stopped])
        move_to(db, outcome.reached)
        return outcome

    def _all(self, db: Database, batch: Sequence[Read]) -> bool:
        entries = [each for each in batch if isinstance(each, Entry)]
        return len(entries) == len(batch) and self._problem(db, entries) is None

    def _one_by_one(
        self, db: Database, batch: Sequence[Read], held: set[UUID], outcome: Outcome
    ) -> None:
        failed = quarantine.failures(db)
        for each in batch:
            if each.stream in held:
                outcome.aside.append(self._set_aside(each, HELD_BACK))
                continue
            kind = type(each.event) if isinstance(each, Entry) else each.kind
            problem = self._problem(db, [each]) if isinstance(each, Entry) else _UNREADABLE
            if problem is None:
                continue
            if failed >= MOST or not may_be_set_aside(kind):
                outcome.stopped = self._set_aside(each, problem)
                outcome.reached = each.position - 1
                return
            failed += 1
            held.add(each.stream)
            outcome.aside.append(self._set_aside(each, problem))

    def _set_aside(self, each: Read, problem: str) -> SetAside:
        return set_aside(each.position, each.stream, problem, self._ledger.now())

    def _problem(self, db: Database, entries: Sequence[Entry]) -> str | None:
        """Apply `entries`, or undo it all and return the kind of error they brought about."""
        try:
            with db.atomic():
                self._view.apply(db, entries, self._folds)
        except Exception as error:
            if fault_of(error) is not Fault.ENTRY:
                raise
            return type(error).__name__
        return None


def folds_of(ledger: Ledger, cut: Cut = Cut()) -> Folds:
    """Return folds of those entries of `ledger` that `cut` admits."""

    def load(stream: UUID) -> Iterable[Entry]:
        return filter(cut.admits, ledger.entries(stream, opened=False))

    return Folds(load)


_UNREADABLE = LogDamaged.__name__
