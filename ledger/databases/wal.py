"""Copying SQLite's write-ahead log into its database, beside whoever writes.

SQLite does it in the commit that finds a thousand pages, which then waits for the
disk; a connection of its own lets commits go on. Of a writer that never rests the
log would grow without end, so SQLite is still told to do it, at sixteen times that.
"""

import sqlite3
import threading
from contextlib import closing, suppress
from typing import Final

BACKSTOP: Final = 16_000
"""Pages of write-ahead log at which a commit copies them itself."""

_EVERY = 0.5
_FIRST = 100


class WalCopier:
    """Copies the write-ahead log of the file at `path` twice a second while it grows."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._commits = 0
        self._grown, self._over = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def has_grown(self) -> None:
        """Say that something was committed; who commits but little never needs a thread."""
        self._commits += 1
        self._grown.set()
        if self._thread is None and self._commits >= _FIRST and not self._over.is_set():
            self._thread = threading.Thread(target=self._run, name="wal", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop; what is left is copied when the last connection closes."""
        self._over.set()
        self._grown.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._grown.wait() and not self._over.is_set():
            self._grown.clear()
            # Whatever is wrong with the file, whoever commits next is told.
            with suppress(sqlite3.Error), closing(sqlite3.connect(self._path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            self._over.wait(_EVERY)
