"""Where entries are stored: one transaction for everything that must be true together.

Stored events, their Merkle leaves and one-time keys are committed at once with
`synchronous=FULL`, and the tables refuse UPDATE and DELETE. A position is a
row's place in the log, counted from 1 without gaps; its leaf index is one less.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import Notification, PersistenceError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from ledger.errors import HomeUnusable

_FULL = 2

_TABLES = (
    """CREATE TABLE IF NOT EXISTS stored_events (
        rowid INTEGER PRIMARY KEY AUTOINCREMENT,
        originator_id TEXT NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        UNIQUE (originator_id, originator_version)
    )""",
    """CREATE TABLE IF NOT EXISTS merkle_leaves (
        leaf_index INTEGER PRIMARY KEY,
        hash BLOB NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS once_keys (
        key BLOB PRIMARY KEY,
        body BLOB,
        first_position INTEGER NOT NULL,
        last_position INTEGER NOT NULL
    ) WITHOUT ROWID""",
)


def leaf_hash(state: bytes) -> bytes:
    """The Merkle leaf of an entry's stored bytes (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + state).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A key that may be used one time; `body` tells a repeated command from another."""

    key: bytes
    body: bytes | None = None

    @classmethod
    def of(cls, text: str) -> "Once":
        """A nonce, token id or state, named with whoever chose it."""
        return cls(key=sha256(b"once\x00" + text.encode()).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a one-time key was used for: the positions written with it."""

    body: bytes | None
    first: int
    last: int


class LedgerRecorder(SQLiteApplicationRecorder):
    """The library's recorder, with leaves and one-time keys in the same transaction."""

    def construct_create_table_statements(self) -> list[str]:
        """Append-only tables; the library's own would let rows be changed."""
        tables = ("stored_events", "merkle_leaves", "once_keys")
        return [*_TABLES, *(_refuse(table, verb) for table in tables for verb in _VERBS)]

    def select_once(self, key: bytes) -> Used | None:
        """Return what `key` was used for, if it was."""
        with self.datastore.transaction(commit=False) as cursor:
            return _used(cursor, key)

    def select_leaves(self, *, start: int, limit: int) -> list[tuple[int, bytes]]:
        """Return up to `limit` leaves from index `start` on, with their indexes."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT leaf_index, hash FROM merkle_leaves"
                " WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?",
                (start, limit),
            )
            return [(row[0], row[1]) for row in cursor.fetchall()]

    def select_stream(self, stream: UUID) -> list[Notification]:
        """Return every stored event of `stream` in order, with its position."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT rowid, originator_version, topic, state FROM stored_events"
                " WHERE originator_id = ? ORDER BY originator_version",
                (stream.hex,),
            )
            return [
                Notification(stream, row[1], row[2], row[3], row[0])
                for row in cursor.fetchall()
            ]

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,
    ) -> Sequence[int]:
        """Insert everything of one batch; `once` maps keys to what they were used for."""
        once = cast("Mapping[bytes, Used]", kwargs.get("once", {}))
        first = (self._max_notification_id(c) or 0) + 1
        positions = range(first, first + len(stored_events))
        c.executemany(
            "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)",
            [
                (p, _hex(s), s.originator_version, s.topic, s.state)
                for p, s in zip(positions, stored_events, strict=True)
            ],
        )
        c.executemany(
            "INSERT INTO merkle_leaves VALUES (?, ?)",
            [
                (p - 1, leaf_hash(s.state))
                for p, s in zip(positions, stored_events, strict=True)
            ],
        )
        c.executemany(
            "INSERT INTO once_keys VALUES (?, ?, ?, ?)",
            [(key, used.body, used.first, used.last) for key, used in once.items()],
        )
        return positions


def open_recorder(database: str) -> LedgerRecorder:
    """Open the log at a path, or at an SQLite URI for one in memory.

    Raises `HomeUnusable` where it is no log, or a connection would not be durable.
    """
    datastore = SQLiteDatastore(database)
    datastore.pool.close()
    datastore.pool = _DurablePool(db_name=database)
    recorder = LedgerRecorder(datastore)
    try:
        recorder.create_table()
    except (PersistenceError, sqlite3.Error) as error:
        raise HomeUnusable(f"the log cannot be opened: {error}") from error
    return recorder


class _DurablePool(SQLiteConnectionPool):
    """`synchronous` is the build's default otherwise; here it is set, and looked at."""

    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA synchronous")
        synchronous = cursor.fetchone()[0]
        cursor.execute("PRAGMA journal_mode")
        journal = cursor.fetchone()[0]
        if synchronous != _FULL or (journal != "wal" and not self.is_sqlite_memory_mode):
            raise HomeUnusable(f"the log is not durable: {synchronous=}, {journal=}")
        return connection


_VERBS = ("UPDATE", "DELETE")


def _refuse(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_refuse_{verb.lower()}"
        f" BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _used(cursor: SQLiteCursor, key: bytes) -> Used | None:
    cursor.execute(
        "SELECT body, first_position, last_position FROM once_keys WHERE key = ?", (key,)
    )
    row = cursor.fetchone()
    return None if row is None else Used(body=row[0], first=row[1], last=row[2])


def _hex(stored: StoredEvent) -> str:
    return cast("UUID", stored.originator_id).hex
