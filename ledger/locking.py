"""Lock files: one process at a time, and the system lets go for one that ends.

The file stays when the lock is free; only the lock on it means anything.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import IO

from ledger.errors import HomeBusy


@contextmanager
def held(path: Path, busy: str, *, seconds: float = 0) -> Iterator[None]:
    """Hold the lock at `path`, or raise `HomeBusy` if someone else does after `seconds`."""
    give_up = monotonic() + seconds
    with path.open("w") as lock:
        while not _locked(lock):
            if monotonic() >= give_up:
                raise HomeBusy(busy)
            sleep(_LOOK_AGAIN)
        yield


def is_held(path: Path) -> bool:
    """Tell whether somebody holds the lock at `path`."""
    if not path.exists():
        return False
    with path.open("r") as lock:
        return not _locked(lock)


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


_LOOK_AGAIN = 0.02
