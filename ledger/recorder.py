"""Where entries are stored: one transaction for everything that must be true together.

Stored events, their Merkle tree and one-time keys are committed at once, and
the tables refuse UPDATE and DELETE. A position is a row's place in the log,
counted from 1 without gaps; its leaf index is one less.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any, Never, cast
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent

from ledger.databases import Database, Session, open_database
from ledger.errors import LogDamaged
from ledger.once import OnceSeal, Used
from ledger.transparency import Frontier, TileNodes, leaf_hash
from ledger.transparency.tiles import TILE_WIDTH

State = tuple[int, bytes]
"""An entry as it is stored: its position, and its bytes."""

_AT_ONCE = 500
_GROWN = 10_000


class LedgerRecorder(ApplicationRecorder):
    """The library's recorder on a `Database`, with the tree and one-time keys.

    `once` seals the rows of one-time keys.
    """

    def __init__(self, database: Database, once: OnceSeal) -> None:
        self.database = database
        self.once = once
        self._edge = _Edge()
        self._edge_lock = Lock()
        # Above the leaves there are few, and a full one never changes.
        self._full_tile = lru_cache(maxsize=1_024)(self._read_tile)

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
            sql, values = f"{sql} AND topic IN ({_marks(topics)})", [*values, *topics]
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
        return cast("list[State]", self.rows(_STATES, after, bound))

    def select_stream(self, stream: UUID) -> list[State]:
        """Return every entry of `stream` in order, as they are stored."""
        return cast("list[State]", self.rows(_OF_STREAM, stream.hex))

    def select_once(self, key: bytes) -> Used | None:
        """Return what `key` was used for, if it was."""
        with self.database.reading() as session:
            return _used(session, [key]).get(key)

    def select_leaves(self, *, start: int, limit: int) -> list[bytes]:
        """Return up to `limit` leaves, in order, from index `start` on."""
        return [row[0] for row in self.rows(_LEAVES, start, start + limit)]

    def select_tile(self, level: int, index: int, width: int) -> bytes:
        """Return the hashes of a tile, side by side; fewer where there are not so many.

        Level 0 are the leaves; above it each hash is the root of a full tile below.
        """
        if level > 0 and width == TILE_WIDTH:
            return self._full_tile(level, index)
        return self._read_tile(level, index, width)

    def _read_tile(self, level: int, index: int, width: int = TILE_WIDTH) -> bytes:
        with self.database.reading() as session:
            return _tile(session, level, index, width)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query answers, for who looks past the methods here."""
        with self.database.reading() as session:
            return session.rows(sql, values)

    def frontier(self) -> Frontier:
        """Return the right edge of the tree, as far as it is committed.

        Raises `LogDamaged` where the log is not the one it was.
        """
        with self.database.reading() as session:
            known = self._edge
            head, _ = _end(session, known)
            edge = _grown(session, head, known)
        self._keep(edge)
        return edge.tree

    def _keep(self, edge: "_Edge") -> None:
        with self._edge_lock:
            if edge.tree.size > self._edge.tree.size:
                self._edge = edge


class Batch:
    """The end of the log while it is being written to: its head, and what comes behind."""

    def __init__(self, session: Session, once: OnceSeal, known: "_Edge") -> None:
        """`known` is an edge of the tree that was committed earlier.

        Raises `LogDamaged` where the log does not go on from there.
        """
        self.head, self._numbers = _end(session, known)
        self.edge = known
        self._session = session
        self._once = once

    def used(self, keys: Sequence[bytes]) -> dict[bytes, Used]:
        """Return what those of `keys` were used for that were."""
        return _used(self._session, keys)

    def streams_since(self, position: int) -> list[UUID]:
        """Return the streams that have entries beyond `position`."""
        return [UUID(stream) for (stream,) in self._session.rows(_SINCE, [position])]

    def states(self, position: int) -> list[State]:
        """Return the entry at `position` as it is stored, if there is one."""
        return cast("list[State]", self._session.rows(_STATES, [position - 1, position]))

    def append(
        self, stored_events: Sequence[StoredEvent], once: Mapping[bytes, Used]
    ) -> Sequence[int]:
        """Write entries, leaves and one-time keys, and return the positions."""
        positions = range(self.head + 1, self.head + 1 + len(stored_events))
        leaves = [leaf_hash(stored.state) for stored in stored_events]
        tree, filled = _grown(self._session, self.head, self.edge).tree.grown(leaves)
        self.edge = _Edge(tree, leaves[-1])
        self.head = positions[-1]
        once_rows = list(self._once.rows(once, after=self._numbers, head=self.head))
        self._numbers += len(once_rows)
        insert = self._session.insert
        insert(
            "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)",
            [
                (p, cast("UUID", s.originator_id).hex, s.originator_version, s.topic, s.state)
                for p, s in zip(positions, stored_events, strict=True)
            ],
        )
        insert(
            "INSERT INTO merkle_leaves VALUES (?, ?)",
            [(p - 1, leaf) for p, leaf in zip(positions, leaves, strict=True)],
        )
        if filled:
            insert("INSERT INTO tile_roots VALUES (?, ?, ?)", filled)
        insert("INSERT INTO once_keys VALUES (?, ?, ?, ?, ?, ?, ?)", once_rows)
        return positions


def open_recorder(database: str, once: OnceSeal) -> LedgerRecorder:
    """Open the log at a path, an SQLite URI or a `postgresql://` one.

    Raises `HomeUnusable` where it is no log, or what is written would not be durable.
    """
    return LedgerRecorder(open_database(database), once)


_EVENTS = "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events"
_STREAM = "SELECT originator_version, topic, state FROM stored_events WHERE originator_id = ?"
_UP_TO = " AND originator_version <= ?"
_OF_STREAM = (
    "SELECT rowid, state FROM stored_events WHERE originator_id = ? ORDER BY originator_version"
)
_STATES = "SELECT rowid, state FROM stored_events WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
_SINCE = "SELECT DISTINCT originator_id FROM stored_events WHERE rowid > ?"
_END = (
    "SELECT (SELECT max(rowid) FROM stored_events), (SELECT max(number) FROM once_keys),"
    " (SELECT hash FROM merkle_leaves WHERE leaf_index = ?)"
)
_LEAVES = (
    "SELECT hash FROM merkle_leaves WHERE leaf_index >= ? AND leaf_index < ?"
    " ORDER BY leaf_index"
)
_ROOTS = (
    "SELECT hash FROM tile_roots WHERE level = ? AND tile_index >= ? AND tile_index < ?"
    " ORDER BY tile_index"
)


@dataclass(frozen=True, slots=True)
class _Edge:
    """The right edge of a tree that was committed, and its last leaf."""

    tree: Frontier = field(default_factory=Frontier)
    leaf: bytes | None = None


def _end(session: Session, known: _Edge) -> tuple[int, int]:
    """Return the log's head and the newest one-time key's number.

    A database that was put back to an earlier state, or another in its place, is
    not gone on with: what was signed of the old one would make it a second history.
    """
    [(head, numbers, leaf)] = session.rows(_END, [known.tree.size - 1])
    if leaf != known.leaf:
        raise LogDamaged(
            f"the log does not hold what it held at position {known.tree.size} any more:"
            " it was put back to an earlier state, or replaced, while this server ran"
        )
    return head or 0, numbers or 0


def _grown(session: Session, size: int, known: _Edge) -> _Edge:
    """Return the edge of the tree at `size`, grown from one that is `known`."""
    tree = known.tree
    if tree.size == size:
        return known
    if 0 < tree.size < size <= tree.size + _GROWN:
        leaves = [leaf for (leaf,) in session.rows(_LEAVES, [tree.size, size])]
        return _Edge(tree.grown(leaves)[0], leaves[-1])

    def read(level: int, index: int, width: int) -> bytes:
        return _tile(session, level, index, width)

    last = session.rows(_LEAVES, [size - 1, size])
    return _Edge(Frontier.of(size, TileNodes(size, read)), last[0][0] if last else None)


def _tile(session: Session, level: int, index: int, width: int) -> bytes:
    first = index * TILE_WIDTH
    sql, values = (_LEAVES, [first]) if level == 0 else (_ROOTS, [level, first])
    return b"".join([row[0] for row in session.rows(sql, [*values, first + width])])


def _used(session: Session, keys: Sequence[bytes]) -> dict[bytes, Used]:
    found: dict[bytes, Used] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        sql = (
            "SELECT key, body, first_position, last_position FROM once_keys"
            f" WHERE key IN ({_marks(some)})"
        )
        for key, body, first, last in session.rows(sql, some):
            found[key] = Used(body=body, first=first, last=last)
    return found


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
