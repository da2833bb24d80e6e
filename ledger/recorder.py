"""Where entries are stored: one transaction for everything that must be true together.

Stored events, their Merkle tree and one-time keys are committed at once, and
the tables refuse UPDATE and DELETE. A position is a row's place in the log,
counted from 1 without gaps; its leaf index is one less.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any, Never, cast
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent

from ledger.batch import (
    LEAVES,
    STATES,
    Batch,
    Edge,
    State,
    edge_at,
    end_of,
    marks,
    tile_of,
    used_of,
)
from ledger.databases import Database, open_database
from ledger.once import OnceSeal, Used
from ledger.transparency import Frontier
from ledger.transparency.tiles import TILE_HEIGHT, TILE_WIDTH


class LedgerRecorder(ApplicationRecorder):
    """The library's recorder on a `Database`, with the tree and one-time keys.

    `once` seals the rows of one-time keys.
    """

    def __init__(self, database: Database, once: OnceSeal) -> None:
        self.database = database
        self.once = once
        self._edge = Edge()
        self._edge_lock = Lock()
        # What is committed of a tile never changes; every proof asks for the right edge.
        self._known_tile = lru_cache(maxsize=1_024)(self._read_tile)

    @contextmanager
    def writing(self) -> Iterator["Batch"]:
        """Give the end of the log to the one who may write there now.

        What was appended is durable after the block, or none of it is there.
        """
        with self.database.writing() as session:
            batch = Batch(session, self.once, self._edge)
            yield batch
        self._keep(batch.edge)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int]:
        """Commit `stored_events`; `once` maps keys to what they were used for."""
        if not stored_events:
            return []
        with self.writing() as batch:
            return batch.append(stored_events, kwargs.get("once", {}))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return events of one stream, as the library asks for them."""
        sql = _STREAM
        values: list[object] = [cast("UUID", originator_id).hex]
        for condition, bound in ((" AND originator_version > ?", gt), (_UP_TO, lte)):
            if bound is not None:
                sql, values = sql + condition, [*values, bound]
        sql += f" ORDER BY originator_version{' DESC' if desc else ''}"
        if limit is not None:
            sql, values = f"{sql} LIMIT ?", [*values, limit]
        return [StoredEvent(originator_id, *row) for row in self.rows(sql, *values)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return events in the order of the log, as the library asks for them."""
        first = 1 if start is None else start if inclusive_of_start else start + 1
        sql = f"{_EVENTS} WHERE rowid >= ?"
        values: list[object] = [first]
        if stop is not None:
            sql, values = f"{sql} AND rowid <= ?", [*values, stop]
        if topics:
            sql, values = f"{sql} AND topic IN ({marks(topics)})", [*values, *topics]
        rows = self.rows(f"{sql} ORDER BY rowid LIMIT ?", *values, limit)
        return [Notification(UUID(row[1]), row[2], row[3], row[4], row[0]) for row in rows]

    def max_notification_id(self) -> int | None:
        """Return the position of the newest entry, if there is one."""
        [(head,)] = self.rows("SELECT max(rowid) FROM stored_events")
        return cast("int | None", head)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Never:
        """Raise `NotImplementedError`: a follower reads on from its own position."""
        raise NotImplementedError("read on from a position with select_notifications")

    def select_states(self, after: int, *, limit: int, until: int | None = None) -> list[State]:
        """Return up to `limit` entries beyond `after`, as they are stored."""
        bound = after + limit if until is None else min(until, after + limit)
        return cast("list[State]", self.rows(STATES, after, bound))

    def select_stream(
        self, stream: UUID, *, beyond: int = 0, until: int | None = None
    ) -> list[State]:
        """Return every entry of `stream` beyond a version in order, as they are stored."""
        sql, values = _OF_STREAM, [stream.hex, beyond]
        if until is not None:
            sql, values = sql + _UP_TO, [*values, until]
        return cast("list[State]", self.rows(f"{sql} ORDER BY originator_version", *values))

    def version_of(self, stream: UUID) -> int:
        """Return the version of the newest entry of `stream`, or 0."""
        [(version,)] = self.rows(_VERSION, stream.hex)
        return version or 0

    def select_once(self, key: bytes) -> Used | None:
        """Return what `key` was used for, if it was."""
        with self.database.reading() as session:
            return used_of(session, [key]).get(key)

    def select_leaves(self, *, start: int, limit: int) -> list[bytes]:
        """Return up to `limit` leaves, in order, from index `start` on."""
        return [row[0] for row in self.rows(LEAVES, start, start + limit)]

    def select_tile(self, level: int, index: int, width: int) -> bytes:
        """Return the hashes of a tile, side by side; fewer where there are not so many.

        Level 0 are the leaves; above it each hash is the root of a full tile below.
        """
        committed = self._edge.tree.size >> TILE_HEIGHT * level
        if index * TILE_WIDTH + width <= committed:
            return self._known_tile(level, index, width)
        return self._read_tile(level, index, width)

    def _read_tile(self, level: int, index: int, width: int) -> bytes:
        with self.database.reading() as session:
            return tile_of(session, level, index, width)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query answers, for who looks past the methods here."""
        return self.database.rows(sql, values)

    def frontier(self) -> Frontier:
        """Return the right edge of the tree, as far as it is committed.

        Raises `LogDamaged` where the log is not the one it was.
        """
        with self.database.reading() as session:
            known = self._edge
            head, _ = end_of(session, known)
            edge = edge_at(session, head, known)
        self._keep(edge)
        return edge.tree

    def _keep(self, edge: "Edge") -> None:
        with self._edge_lock:
            if edge.tree.size > self._edge.tree.size:
                self._edge = edge


def open_recorder(database: str, once: OnceSeal) -> LedgerRecorder:
    """Open the log at a path, an SQLite URI or a `postgresql://` one.

    Raises `HomeUnusable` where it is no log, or what is written would not be durable.
    """
    return LedgerRecorder(open_database(database), once)


_EVENTS = "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events"
_STREAM = "SELECT originator_version, topic, state FROM stored_events WHERE originator_id = ?"
_UP_TO = " AND originator_version <= ?"
_VERSION = "SELECT max(originator_version) FROM stored_events WHERE originator_id = ?"
_OF_STREAM = (
    "SELECT rowid, state FROM stored_events WHERE originator_id = ? AND originator_version > ?"
)
