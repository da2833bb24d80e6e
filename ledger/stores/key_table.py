"""Where wrapped keys lie, in one SQLite file: rows that are added and overwritten, never moved.

A person erased is a row of zeros, of the same size as a wrapped key: a row that
keeps its size stays in its place, so no older copy is left in the file, and its
subject is never given a second key. Hence the row id as key, too.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from ledger.errors import HomeUnusable, Unavailable

_PATIENCE = 5.0
WRAPPED_SIZE = 74
ERASED = bytes(WRAPPED_SIZE)

Row = tuple[str, bytes]
Add = Callable[[Sequence[Row]], object]
Rewrap = Callable[[str, bytes], bytes]
Numbered = tuple[int, str, bytes]
"""A row with its number, which says nothing about whose it is."""


class KeyTable(Protocol):
    """Subjects and their wrapped keys, and the mark of the master key that wraps them.

    Every call raises `Unavailable` for what passes, and `HomeUnusable` for what does not.
    """

    name: str

    def begin(self, mark: bytes) -> None:
        """Note the mark of the first master key, unless one is noted already."""

    def mark(self) -> bytes | None:
        """Return the mark of the master key now in force, if one was noted."""

    def after(self, number: int, limit: int) -> list[Numbered]:
        """Return up to `limit` rows beyond that of `number`, erased or not, in their order."""

    def select(self, subjects: Collection[str]) -> list[Row]:
        """Return the rows of those of `subjects` that have one."""

    def adding(self) -> AbstractContextManager[tuple[bytes, Add]]:
        """Give the mark in force and what adds rows under it, durable when the block ends.

        A subject that has a row keeps it.
        """

    def rewrap(self, rewrapped: Rewrap, mark: bytes) -> None:
        """Put every key that was not erased under the master key of `mark`, all or none."""

    def erase(self, subject: str) -> None:
        """Overwrite the subject's key with zeros, in every place where it lies."""

    def close(self) -> None:
        """Let go of the database."""


class FileKeyTable:
    """The table of one home. Several threads may read while one writes."""

    def __init__(self, path: Path, *, patience: float = _PATIENCE) -> None:
        """Open or make the file; raises `HomeUnusable` where it cannot be relied on."""
        self.name = path.name
        self._reading, self._writing = Lock(), Lock()
        try:
            self._writer, self._reader = (_connect(path, patience) for _ in range(2))
            self._writer.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise HomeUnusable(f"{self.name} cannot be used: {error}") from error

    def begin(self, mark: bytes) -> None:
        """Note the mark of the first master key, unless one is noted already."""
        with self._usable(), self._writing, self._writer:
            self._writer.execute(
                "INSERT INTO master_key VALUES (1, ?) ON CONFLICT DO NOTHING", (mark,)
            )

    def mark(self) -> bytes | None:
        """Return the mark of the master key now in force, if one was noted."""
        rows = self._read("SELECT mark FROM master_key")
        return rows[0][0] if rows else None

    def after(self, number: int, limit: int) -> list[Numbered]:
        """Return up to `limit` rows beyond that of `number`, erased or not, in their order."""
        return self._read(_AFTER, number, limit)

    def select(self, subjects: Collection[str]) -> list[Row]:
        """Return the rows of those of `subjects` that have one."""
        return self._read(_THESE, json.dumps(list(subjects)))

    @contextmanager
    def adding(self) -> Iterator[tuple[bytes, Add]]:
        """Give the mark in force and what adds rows under it, durable when the block ends."""
        with self._usable(), self._writing, self._writer:
            self._writer.execute("BEGIN IMMEDIATE")
            [mark] = self._writer.execute("SELECT mark FROM master_key").fetchone()
            yield mark, lambda rows: self._writer.executemany(_ADD, rows)

    def rewrap(self, rewrapped: Rewrap, mark: bytes) -> None:
        """Put every key that was not erased under the master key of `mark`, all or none."""
        with self._usable(), self._writing:
            with self._writer:
                self._writer.execute("BEGIN IMMEDIATE")
                self._writer.executemany(
                    "UPDATE subject_keys SET wrapped = ? WHERE subject = ?",
                    (
                        (rewrapped(*row), row[0])
                        for row in self._writer.execute(_ALL, (ERASED,)).fetchall()
                    ),
                )
                self._writer.execute("UPDATE master_key SET mark = ?", (mark,))
            self._forget_the_past()

    def erase(self, subject: str) -> None:
        """Overwrite the subject's key with zeros, in every place where it lies."""
        with self._usable(), self._writing:
            with self._writer:
                self._writer.execute(_ERASE, (subject, ERASED))
            self._forget_the_past()

    def close(self) -> None:
        """Let go of the file; what it holds stays in it."""
        with self._reading, self._writing:
            self._reader.close()
            self._writer.close()

    def _forget_the_past(self) -> None:
        """Bring the pages as they are now into the file, and empty what was written ahead."""
        [busy, *_] = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Unavailable(
                f"{self.name} is being read by another process, so what was overwritten"
                " cannot leave its write-ahead log yet; this is tried again"
            )

    def _read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._usable(), self._reading:
            return self._reader.execute(sql, values).fetchall()

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            # Locked, full, not to be read or written: of the moment, and of no row.
            raise Unavailable(f"{self.name} cannot be used now: {error}") from error
        except sqlite3.Error as error:
            raise HomeUnusable(f"{self.name} cannot be used: {error}") from error


_SCHEMA = """
    CREATE TABLE IF NOT EXISTS subject_keys (
        id INTEGER PRIMARY KEY,
        subject TEXT NOT NULL UNIQUE,
        wrapped BLOB NOT NULL CHECK (length(wrapped) = 74)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS master_key (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        mark BLOB NOT NULL
    ) STRICT;
"""
_ALL = "SELECT subject, wrapped FROM subject_keys WHERE wrapped <> ?"
_AFTER = "SELECT id, subject, wrapped FROM subject_keys WHERE id > ? ORDER BY id LIMIT ?"
_THESE = """
    SELECT subject, wrapped FROM subject_keys WHERE subject IN (SELECT value FROM json_each(?))
"""
_ADD = "INSERT INTO subject_keys (subject, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING"
_ERASE = """
    INSERT INTO subject_keys (subject, wrapped) VALUES (?, ?)
    ON CONFLICT (subject) DO UPDATE SET wrapped = excluded.wrapped
"""
_FULL = 2


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=patience, check_same_thread=False)
    [mode] = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    [synchronous] = connection.execute("PRAGMA synchronous").fetchone()
    if (mode, synchronous) != ("wal", _FULL):
        raise HomeUnusable(f"{path.name} cannot be written durably; use a disk of this machine")
    return connection
