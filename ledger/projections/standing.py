"""How each view stands, read from its files, so that it can be told from any process.

A view lags by the entries between it and the head, and by the time since the
oldest of them was recorded: a view that lacks nothing does not lag, however
long ago the last entry was. What was set aside is counted for itself.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.application import Ledger
from ledger.errors import LedgerError
from ledger.locking import is_held
from ledger.projections import quarantine
from ledger.projections.certifying import Certificates
from ledger.projections.quarantine import SetAside
from ledger.projections.view import View, is_of, position, read_only
from ledger.projections.view_file import ViewFile

SHOWN = 100
"""How many of the entries set aside are listed one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """Up to which position a view was certified, and when."""

    position: int
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One view: `rebuilding` is how far the file has come that is to take its place."""

    view: str
    version: int
    position: int
    lag_entries: int
    lag_seconds: float
    trouble: str | None
    stopped_at: SetAside | None
    set_aside: int
    quarantined: tuple[SetAside, ...]
    rebuilding: int | None
    certificate: Certified | None


class Standings:
    """Tells how the `made` views in `folder` stand."""

    def __init__(
        self, ledger: Ledger, folder: Path, made: Iterable[View], certificates: Certificates
    ) -> None:
        self._ledger = ledger
        self._files = [ViewFile(folder, view) for view in made]
        self._certificates = certificates

    def of_all(self, troubles: dict[str, str] | None = None) -> list[Standing]:
        """Return how each view stands; `troubles` is what a follower knows, by view."""
        return [self._of(file, (troubles or {}).get(file.view.name)) for file in self._files]

    def _of(self, file: ViewFile, trouble: str | None) -> Standing:
        view, reached, stopped, aside = file.view, 0, None, 0
        listed: tuple[SetAside, ...] = ()
        if file.link.exists() and is_of(file.link.resolve(), view):
            with closing(read_only(file.link)) as db:
                db.execute("BEGIN")
                reached, stopped = position(db), quarantine.stands_at(db)
                aside, listed = quarantine.count(db), tuple(quarantine.listed(db, SHOWN))
        certified = self._certificates.latest(view.name)
        return Standing(
            view=view.name,
            version=view.version,
            position=reached,
            lag_entries=max(0, self._ledger.head - reached),
            lag_seconds=self._lag(reached),
            trouble=trouble,
            stopped_at=stopped,
            set_aside=aside,
            quarantined=listed,
            rebuilding=_rebuilding(file),
            certificate=None
            if certified is None
            else Certified(position=certified.size, issued_at=certified.issued_at),
        )

    def _lag(self, reached: int) -> float:
        try:
            oldest = next(self._ledger.read(reached, until=reached + 1), None)
        except LedgerError:
            # It does not decode; the entries are counted all the same.
            return 0.0
        if oldest is None:
            return 0.0
        return max(0.0, (self._ledger.now() - oldest.recorded_at).total_seconds())


def _rebuilding(file: ViewFile) -> int | None:
    if not is_held(file.lock):
        return None
    for path in file.others():
        try:
            with closing(read_only(path)) as db:
                return position(db)
        except sqlite3.Error:
            return 0
    return None
