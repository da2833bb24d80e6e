"""The ledger as the races run it: a real home, real keys, every commit durable."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from ledger.application import Ledger
from ledger.home import Home
from ledger.importing import Mapping
from ledger.importing.deliveries import deliver
from ledger.opening import open_ledger

REGISTER = "made-up"


@contextmanager
def opened(folder: Path, database: str | None = None) -> Iterator[Ledger]:
    """Open the ledger of the home in `folder` for as long as the context lasts."""
    home = Home(folder, os.urandom, database)
    with home.writing(), closing(open_ledger(home, clock=now, random=os.urandom)) as ledger:
        yield ledger


def import_log(ledger: Ledger, log: Path, mapping: Mapping) -> tuple[float, float]:
    """Deliver `log`, and return the seconds of it all and of the recording alone."""
    start = read = perf_counter()

    def reading(_done: int, _total: int) -> None:
        nonlocal read
        read = perf_counter()

    deliver(ledger, log, mapping=mapping, register=REGISTER, reading=reading)
    end = perf_counter()
    return end - start, end - read


def fsync_of(ledger: Ledger) -> str:
    """How durably the log's connections commit."""
    return ledger.recorder.database.durability()


def now() -> datetime:
    """The time, at the edge where it may be asked."""
    return datetime.now(UTC)
