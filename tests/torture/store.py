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
    """A home, and where its log and its subject keys lie if others share them."""

    folder: Path
    database: str | None = None
    keys: str | None = None

    @property
    def views(self) -> Path:
        return self.folder / "views"

    def home(self) -> Home:
        return Home(self.folder, os.urandom, self.database)

    @contextmanager
    def opened(self) -> Iterator[Ledger]:
        """Open the log as its writer, with a head that covers all of it."""
        home = self.home()
        with home.writing():
            ledger = open_ledger(home, clock=_now, random=os.urandom, keys=self.keys)
            with closing(ledger):
                ledger.published.catch_up()
                yield ledger


def _now() -> datetime:
    return datetime.now(UTC)
