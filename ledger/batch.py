"""The end of the log while it is written to, and what it must go on from.

The right edge of the tree is kept between batches, with its last leaf: a
database that does not hold that leaf any more is another log, and left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from ledger.databases import Session
from ledger.errors import LogDamaged
from ledger.once import OnceSeal, Used
from ledger.transparency import Frontier, TileNodes, leaf_hash
from ledger.transparency.tiles import TILE_WIDTH

State = tuple[int, bytes]
"""An entry as it is stored: its position, and its bytes."""

_AT_ONCE = 500
_GROWN = 10_000
STATES = "SELECT rowid, state FROM stored_events WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
_SINCE = "SELECT DISTINCT originator_id FROM stored_events WHERE rowid > ?"
_END = (
    "SELECT (SELECT max(rowid) FROM stored_events), (SELECT max(number) FROM once_keys),"
    " (SELECT hash FROM merkle_leaves WHERE leaf_index = ?)"
)
LEAVES = (
    "SELECT hash FROM merkle_leaves WHERE leaf_index >= ? AND leaf_index < ?"
    " ORDER BY leaf_index"
)
_ROOTS = (
    "SELECT hash FROM tile_roots WHERE level = ? AND tile_index >= ? AND tile_index < ?"
    " ORDER BY tile_index"
)


class Batch:
    """The end of the log while it is being written to: its head, and what comes behind."""

    def __init__(self, session: Session, once: OnceSeal, known: "Edge") -> None:
        """`known` is an edge of the tree that was committed earlier.

        Raises `LogDamaged` where the log does not go on from there.
        """
        self.head, self._numbers = end_of(session, known)
        self.edge = known
        self._session = session
        self._once = once

    def used(self, keys: Sequence[bytes]) -> dict[bytes, Used]:
        """Return what those of `keys` were used for that were."""
        return used_of(self._session, keys)

    def streams_since(self, position: int) -> list[UUID]:
        """Return the streams that have entries beyond `position`."""
        return [UUID(stream) for (stream,) in self._session.rows(_SINCE, [position])]

    def states(self, position: int) -> list[State]:
        """Return the entry at `position` as it is stored, if there is one."""
        return cast("list[State]", self._session.rows(STATES, [position - 1, position]))

    def append(
        self, stored_events: Sequence[StoredEvent], once: Mapping[bytes, Used]
    ) -> Sequence[int]:
        """Write entries, leaves and one-time keys, and return the positions."""
        positions = range(self.head + 1, self.head + 1 + len(stored_events))
        leaves = [leaf_hash(stored.state) for stored in stored_events]
        tree, filled = edge_at(self._session, self.head, self.edge).tree.grown(leaves)
        self.edge = Edge(tree, leaves[-1])
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


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree that was committed, and its last leaf."""

    tree: Frontier = field(default_factory=Frontier)
    leaf: bytes | None = None


def end_of(session: Session, known: Edge) -> tuple[int, int]:
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


def edge_at(session: Session, size: int, known: Edge) -> Edge:
    """Return the edge of the tree at `size`, grown from one that is `known`."""
    tree = known.tree
    if tree.size == size:
        return known
    if 0 < tree.size < size <= tree.size + _GROWN:
        leaves = [leaf for (leaf,) in session.rows(LEAVES, [tree.size, size])]
        return Edge(tree.grown(leaves)[0], leaves[-1])

    def read(level: int, index: int, width: int) -> bytes:
        return tile_of(session, level, index, width)

    last = session.rows(LEAVES, [size - 1, size])
    return Edge(Frontier.of(size, TileNodes(size, read)), last[0][0] if last else None)


def tile_of(session: Session, level: int, index: int, width: int) -> bytes:
    """Return the hashes of a tile side by side, as far as there are so many."""
    first = index * TILE_WIDTH
    sql, values = (LEAVES, [first]) if level == 0 else (_ROOTS, [level, first])
    return b"".join([row[0] for row in session.rows(sql, [*values, first + width])])


def used_of(session: Session, keys: Sequence[bytes]) -> dict[bytes, Used]:
    """Return what those of `keys` were used for that were."""
    found: dict[bytes, Used] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        sql = (
            "SELECT key, body, first_position, last_position FROM once_keys"
            f" WHERE key IN ({marks(some)})"
        )
        for key, body, first, last in session.rows(sql, some):
            found[key] = Used(body=body, first=first, last=last)
    return found


def marks(values: Sequence[object]) -> str:
    """Return as many marks as there are values, for a query's IN."""
    return ", ".join("?" for _ in values)
