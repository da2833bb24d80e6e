"""Subject keys in a SQLite file of their own, each wrapped under the master key.

They are apart from the log so that one can be destroyed while the log stays
whole. A subject is named in its own wrapping, so a row copied over another
does not open. Several threads may read while one writes.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import cast

from ledger.errors import HomeUnusable, LogDamaged
from ledger.sealing import KEY_SIZE, NONCE_SIZE, seal, unseal

# Erasing will overwrite `wrapped` with as many zeros: a row that keeps its size stays in
# its place, so no older copy is left in the file, and a subject erased is never given
# a second key. Hence the row id as key, too: rows are appended and never moved about.
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS subject_keys (
        id INTEGER PRIMARY KEY,
        subject TEXT NOT NULL UNIQUE,
        wrapped BLOB NOT NULL CHECK (length(wrapped) = 74)
    ) STRICT
"""
_ANY = "SELECT subject, wrapped FROM subject_keys LIMIT 1"
_THESE = """
    SELECT subject, wrapped FROM subject_keys WHERE subject IN (SELECT value FROM json_each(?))
"""
_ADD = "INSERT INTO subject_keys (subject, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING"
_FULL = 2


class SubjectKeyStore:
    """Implements `SubjectKeys`; the `cached` keys used last to be new stay in memory."""

    def __init__(
        self,
        path: Path,
        master_key: bytes,
        random: Callable[[int], bytes],
        *,
        cached: int = 16_384,
    ) -> None:
        """Open or make the file; raises `HomeUnusable` where it cannot be relied on."""
        if len(master_key) != KEY_SIZE:
            raise HomeUnusable(
                f"the master key must be {KEY_SIZE} bytes, not {len(master_key)}"
            )
        self._name = path.name
        self._master_key = master_key
        self._random = random
        self._cached = cached
        self._cache: dict[str, bytes] = {}
        self._reading, self._writing = Lock(), Lock()
        with self._usable():
            self._writer, self._reader = _connect(path), _connect(path)
            self._writer.execute(_SCHEMA)
            for subject, wrapped in self._reader.execute(_ANY):
                self._unwrap(subject, wrapped)

    def key(self, subject: str) -> bytes | None:
        """Return the subject's key, or `None` if there never was one or it was erased."""
        return self._cache.get(subject) or self._load([subject]).get(subject)

    def create(self, subjects: Iterable[str]) -> None:
        """Make a key for each subject that has none, in one durable transaction."""
        unseen = {subject for subject in subjects if subject not in self._cache}
        missing = sorted(unseen - self._load(unseen).keys()) if unseen else []
        if missing:
            rows = [
                (subject, self._wrap(subject, self._random(KEY_SIZE))) for subject in missing
            ]
            with self._usable(), self._writing, self._writer:
                self._writer.executemany(_ADD, rows)
            # Another writer may have been first: what is in the file now is the key.
            self._load(missing)

    def close(self) -> None:
        """Let go of the file; keys made before stay in it."""
        with self._reading, self._writing:
            self._reader.close()
            self._writer.close()

    def _load(self, subjects: Iterable[str]) -> dict[str, bytes]:
        wanted = json.dumps(list(subjects))
        with self._usable(), self._reading:
            rows = self._reader.execute(_THESE, [wanted]).fetchall()
            keys = {subject: self._unwrap(subject, wrapped) for subject, wrapped in rows}
            self._remember(keys)
        return keys

    def _remember(self, keys: dict[str, bytes]) -> None:
        self._cache |= keys
        excess = max(0, len(self._cache) - self._cached)
        for oldest in list(islice(self._cache, excess)):
            del self._cache[oldest]

    def _wrap(self, subject: str, key: bytes) -> bytes:
        nonce = self._random(NONCE_SIZE)
        return seal(key, key=self._master_key, nonce=nonce, place=subject.encode())

    def _unwrap(self, subject: str, wrapped: bytes) -> bytes:
        try:
            return cast(bytes, unseal(wrapped, key=self._master_key, place=subject.encode()))
        except LogDamaged as error:
            raise HomeUnusable(
                f"{self._name} does not open with this master key; start with the master key "
                "it was made with, or restore the file from its backup"
            ) from error

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise HomeUnusable(f"{self._name} cannot be used: {error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    [mode] = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    [synchronous] = connection.execute("PRAGMA synchronous").fetchone()
    if (mode, synchronous) != ("wal", _FULL):
        raise HomeUnusable(f"{path.name} cannot be written durably; use a disk of this machine")
    return connection
