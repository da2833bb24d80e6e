"""Lock files: one process at a time, and the system lets go for one that ends.

The file stays when the lock is free; only the lock on it means anything.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import HomeBusy


@contextmanager
def held(path: Path, busy: str) -> Iterator[None]:
    """Hold the lock at `path`, or raise `HomeBusy` with `busy` if someone else does."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise HomeBusy(busy) from error
        yield
