"""Whose fault it is that a view could not go on: the moment's, its file's or the entry's.

Only what is sure to be of the moment is tried again, and only what is neither
the moment's nor the file's is blamed on an entry and set aside.
"""

import sqlite3
from collections.abc import Callable
from enum import Enum
from typing import Final, TypeVar

from eventsourcing.persistence import PersistenceError

from ledger.errors import HomeBusy, HomeUnusable, Unavailable

T = TypeVar("T")

PAUSES: Final = (0.02, 0.1, 0.5, 1.0)
"""How long to wait, in seconds, before each further try."""


class Fault(Enum):
    """Whose it is."""

    MOMENT = "the moment's"
    FILE = "the file's"
    ENTRY = "the entry's"


def fault_of(error: Exception) -> Fault:
    """Tell whose fault `error` is, which came up while a view was being brought on."""
    if isinstance(error, _OF_THE_MOMENT):
        return Fault.MOMENT
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, sqlite3.Error) and code is not None:
        # The low byte is the code; what stands above it only tells kinds of it apart.
        return _SQLITE.get(code & 0xFF, Fault.ENTRY)
    return Fault.ENTRY


def retried(
    work: Callable[[], T],
    pause: Callable[[float], object],
) -> T:
    """Return what `work` returns, trying again while the fault is of the moment."""
    for seconds in PAUSES:
        try:
            return work()
        except Exception as error:
            if fault_of(error) is not Fault.MOMENT:
                raise
        pause(seconds)
    return work()


# Every failure to read the log is the moment's: an entry that is there and does
# not decode is another error. So is what the home lacks, such as the key of a
# person: it is there again once it is restored, and no entry is at fault.
_OF_THE_MOMENT = (
    PersistenceError,
    Unavailable,
    HomeBusy,
    HomeUnusable,
    OSError,
    MemoryError,
)

_SQLITE = {
    **dict.fromkeys(
        (
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
            sqlite3.SQLITE_NOMEM,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_INTERRUPT,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_PROTOCOL,
        ),
        Fault.MOMENT,
    ),
    sqlite3.SQLITE_CORRUPT: Fault.FILE,
    sqlite3.SQLITE_NOTADB: Fault.FILE,
}
