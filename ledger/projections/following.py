"""Views that are kept up to the log, by whoever folds them: how far each has come.

Who reads a view, or waits for it, asks here and need not know in which process it is
brought on.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from ledger.projections.reached import Reached
from ledger.projections.view import View
from ledger.projections.view_file import ViewFile


class Kept(Protocol):
    """How one view stands; `trouble` is the kind of what failed last, or `None`."""

    @property
    def name(self) -> str:
        """The name of the view."""

    @property
    def position(self) -> int:
        """How far it has come."""

    @property
    def set_aside(self) -> int:
        """How many entries are not in its rows because it cannot apply them."""

    @property
    def trouble(self) -> str | None:
        """What stands in its way."""


class Following(ABC):
    """The files of `made` views in `folder`, which somebody brings on."""

    def __init__(self, folder: Path, made: Sequence[View]) -> None:
        self.files = [ViewFile(folder, view) for view in made]
        self._reached = Reached(view.name for view in made)

    @property
    @abstractmethod
    def keepers(self) -> Sequence[Kept]:
        """How each view stands, to be read and nothing else."""

    @property
    def position(self) -> int:
        """How far every view has come."""
        return self._reached.of()

    @property
    def troubles(self) -> dict[str, str]:
        """What stands in the way of a view, by its name: a kind of error."""
        return {k.name: k.trouble for k in self.keepers if k.trouble is not None}

    @property
    def trouble(self) -> str | None:
        """What stands in the way of the first view that something does."""
        return next(iter(self.troubles.values()), None)

    @property
    def set_aside(self) -> int:
        """How many entries are not in the rows of a view because it cannot apply them."""
        return sum(keeper.set_aside for keeper in self.keepers)

    def reaching(self, position: int, view: str | None = None) -> Future[None]:
        """Return what is done once `view`, or every view, has reached `position`."""
        return self._reached.reaching(position, view)

    def wait_for(self, position: int, seconds: float, view: str | None = None) -> bool:
        """Wait until `view`, or every view, has reached `position`; return whether it did."""
        there = self.reaching(position, view)
        try:
            there.result(seconds)
        except TimeoutError:
            return not there.cancel()
        return True
