"""Where entries are stored: one transaction for everything that must be true together.

Stored events, their Merkle tree and one-time keys are committed at once with
`synchronous=FULL`, and the tables refuse UPDATE and DELETE. A position is a
row's place in the log, counted from 1 without gaps; its leaf index is one less.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import (
    IntegrityError,
    Notification,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from ledger.errors import HomeUnusable
from ledger.once import OnceSeal, Used
from ledger.once_upgrade import seal_unsealed
from ledger.transparency import Frontier, TileNodes, leaf_hash
from ledger.transparency.tiles import TILE_WIDTH

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
    """CREATE TABLE IF NOT EXISTS tile_roots (
        level INTEGER NOT NULL,
        tile_index INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (level, tile_index)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS once_keys (
        number INTEGER PRIMARY KEY,
        key BLOB NOT NULL UNIQUE,
        body BLOB,
        first_position INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        closes INTEGER,
        seal BLOB NOT NULL
    )""",
)


class LedgerRecorder(SQLiteApplicationRecorder):
    """The library's recorder, with the tree and one-time keys in the same transaction."""

    _frontier: Frontier | None = None

    def __init__(self, datastore: SQLiteDatastore, once: OnceSeal) -> None:
        """`once` seals the rows of one-time keys."""
        super().__init__(datastore)
        self.once = once

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query answers, for who looks past the methods here."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(sql, values)
            return [tuple(row) for row in cursor.fetchall()]

    def construct_create_table_statements(self) -> list[str]:
        """Append-only tables; the library's own would let rows be changed."""
        tables = ("stored_events", "merkle_leaves", "tile_roots", "once_keys")
        return [*_TABLES, *(_refuse(table, verb) for table in tables for verb in _VERBS)]

    def select_once(self, key: bytes) -> Used | None:
        """Return what `key` was used for, if it was."""
        with self.datastore.transaction(commit=False) as cursor:
            return _used(cursor, key)

    def select_leaves(self, *, start: int, limit: int) -> list[bytes]:
        """Return up to `limit` leaves, in order, from index `start` on."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT hash FROM merkle_leaves"
                " WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?",
                (start, limit),
            )
            return [row[0] for row in cursor.fetchall()]

    def select_tile_roots(self) -> dict[tuple[int, int], bytes]:
        """Return the root kept of each full tile, by the level above it and its index."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT level, tile_index, hash FROM tile_roots")
            return {(row[0], row[1]): row[2] for row in cursor.fetchall()}

    def select_tile(self, level: int, index: int, width: int) -> bytes:
        """Return the hashes of a tile, side by side; fewer where there are not so many.

        Level 0 are the leaves; above it each hash is the root of a full tile below.
        """
        first = index * TILE_WIDTH
        sql, values = (_LEAVES, [first]) if level == 0 else (_ROOTS, [level, first])
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(sql, [*values, first + width])
            return b"".join([row[0] for row in cursor.fetchall()])

    def frontier(self) -> Frontier:
        """Return the right edge of the tree, as far as it is committed."""
        if self._frontier is None:
            size = self.max_notification_id() or 0
            self._frontier = Frontier.of(size, TileNodes(size, self.select_tile))
        return self._frontier

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int]:
        """Commit everything of one batch; `once` maps keys to what they were used for."""
        frontier = self.frontier()
        leaves = [leaf_hash(stored.state) for stored in stored_events]
        grown, filled = frontier.grown(leaves)
        with self.datastore.get_connection(commit=True) as connection:
            try:
                with connection.transaction(commit=True) as cursor:
                    positions = self._insert_events(
                        cursor, stored_events, leaves=leaves, filled=filled, **kwargs
                    )
                    if positions[0] != frontier.size + 1:
                        raise IntegrityError("somebody else has written to this log")
            except BaseException:
                # A commit that failed leaves its transaction open on a connection used again.
                connection.rollback()
                self._frontier = None
                raise
        self._frontier = grown
        return positions

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
            [(p - 1, leaf) for p, leaf in zip(positions, kwargs["leaves"], strict=True)],
        )
        c.executemany("INSERT INTO tile_roots VALUES (?, ?, ?)", kwargs["filled"])
        c.executemany(
            "INSERT INTO once_keys VALUES (?, ?, ?, ?, ?, ?, ?)",
            self.once.rows(once, after=_newest_once(c), head=positions[-1]),
        )
        return positions


def open_recorder(database: str, once: OnceSeal) -> LedgerRecorder:
    """Open the log at a path, or at an SQLite URI for one in memory.

    Raises `HomeUnusable` where it is no log, or a connection would not be durable.
    """
    datastore = SQLiteDatastore(database)
    datastore.pool.close()
    datastore.pool = _DurablePool(db_name=database)
    recorder = LedgerRecorder(datastore, once)
    try:
        seal_unsealed(database, _TABLES[-1], once)
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
_LEAVES = (
    "SELECT hash FROM merkle_leaves WHERE leaf_index >= ? AND leaf_index < ?"
    " ORDER BY leaf_index"
)
_ROOTS = (
    "SELECT hash FROM tile_roots WHERE level = ? AND tile_index >= ? AND tile_index < ?"
    " ORDER BY tile_index"
)


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


def _newest_once(cursor: SQLiteCursor) -> int:
    cursor.execute("SELECT max(number) FROM once_keys")
    return cursor.fetchone()[0] or 0


def _hex(stored: StoredEvent) -> str:
    return cast("UUID", stored.originator_id).hex
