"""The stock `eventsourcing` library on SQLite, used as its documentation shows.

An event with its own name and fields is decided by a method and stored as JSON.
Nothing is sealed, hashed or checked for having been there before.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.measure import fsync


class Dossier(Aggregate):
    """A case as the library's users would write one."""

    @event("Opened")
    def __init__(self, number: str) -> None:
        self.number = number
        self.told: list[tuple[str, datetime, dict[str, Any]]] = []
        self.deficiencies: dict[str, str] = {}
        self.reviewed = ("", "")

    @event("Told")
    def tell(self, activity: str, occurred_at: datetime, details: dict[str, Any]) -> None:
        """Record what another system says was done."""
        self.told.append((activity, occurred_at, details))

    @event("Corrected")
    def correct(self, deficiencies: dict[str, str]) -> None:
        """Ask the applicant for what is missing."""
        self.deficiencies = deficiencies

    @event("Reviewed")
    def review(self, recommendation: str, findings: str) -> None:
        """Keep what a reviewer recommends and found."""
        self.reviewed = recommendation, findings


Cases = Application[UUID]
"""What keeps them."""


@contextmanager
def opened(folder: Path) -> Iterator[Cases]:
    """Open a stock application with its database in `folder`."""
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(folder / "stock.sqlite"),
    }
    with closing(Application[UUID](env)) as application:
        yield application


def fsync_of(application: Application[UUID]) -> str:
    """How durably the application's connections commit."""
    with application.recorder.datastore.transaction(commit=False) as cursor:  # type: ignore[attr-defined]
        return fsync(cursor)
