"""Where a log lies that is tortured, and how a process of the service opens it."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ledger.application import Ledger
from ledger.home import Home
from ledger.opening import open_ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A home; crosses from one process to another."""

    folder: Path

    @property
    def views(self) -> Path:
        return self.folder / "views"

    @contextmanager
    def opened(self) -> Iterator[Ledger]:
        """Open the log as its writer, with a head that covers all of it."""
        home = Home(self.folder, os.urandom)
        with home.writing():
            ledger = open_ledger(home, clock=_now, random=os.urandom)
            with closing(ledger):
                ledger.published.catch_up()
                yield ledger


def _now() -> datetime:
    return datetime.now(UTC)
