"""The rows of the log, a page at a time, as they lie in the tables.

A page that is certainly right is read no closer. In any other, each row is
looked at alone: the reader that is asked then is slower, and names what is wrong.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from eventsourcing.persistence import PersistenceError, StoredEvent

from ledger.audit_entry import is_sound
from ledger.audit_tree import Tree, as_hash
from ledger.codec import Codec
from ledger.entry import EVENT_NAMES, Entry
from ledger.errors import LedgerError, LogDamaged
from ledger.finding import Finding, Watch
from ledger.log_events import LogBegan
from ledger.recorder import LedgerRecorder
from ledger.transparency import Checkpoint

PAGE = 128
UNREADABLE = (PersistenceError, LedgerError)

_FIRST = -(1 << 63)
_BEGAN = EVENT_NAMES[LogBegan]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEAD = "SELECT max(rowid) FROM stored_events"
_ROOTS = "SELECT level, tile_index, hash FROM tile_roots"
_ROWS = """
    SELECT rowid, originator_id, originator_version, topic, state FROM stored_events
    WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?
"""
_HASHES = """
    SELECT hash FROM merkle_leaves
    WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index
"""
_LEAVES = """
    SELECT leaf_index + 1, hash FROM merkle_leaves
    WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index
"""
_BEYOND = """
    SELECT leaf_index + 1 FROM merkle_leaves WHERE leaf_index >= ?
    AND NOT EXISTS (SELECT 1 FROM stored_events WHERE rowid = leaf_index + 1)
    ORDER BY leaf_index LIMIT ?
"""
_VERSIONS = """
    SELECT e.rowid, e.originator_version, e.originator_id FROM stored_events e
    LEFT JOIN stored_events b ON b.originator_id = e.originator_id
    AND b.originator_version = e.originator_version - 1
    WHERE (e.originator_version = 1) <> (b.rowid IS NULL) OR b.rowid > e.rowid
    ORDER BY e.rowid + 0 LIMIT ?
"""


class Rows:
    """The log read once through, as far as it reaches then; `entries` counts what was met."""

    def __init__(
        self, recorder: LedgerRecorder, codec: Codec, signed: Checkpoint | None
    ) -> None:
        self.entries = 0
        self._recorder = recorder
        self._codec = codec
        self._signed = signed
        self._position = 0
        self._recorded = _micros(datetime.min.replace(tzinfo=UTC))

    @property
    def streams(self) -> int:
        """How many streams there are."""
        sql = "SELECT count(DISTINCT originator_id) FROM stored_events"
        return int(self._recorder.rows(sql)[0][0])

    def findings(self, watch: Watch, most: int) -> Iterator[Finding]:
        """Yield what is wrong with the rows, their leaves and their tree."""
        try:
            head, kept = self._now()
            tree = Tree(kept, self._signed)
            yield from self._pages(head, tree, watch)
            for (position,) in self._recorder.rows(_BEYOND, self._position, most):
                yield _stranger(position)
            yield from tree.left_over()
            for position, version, stream in self._recorder.rows(_VERSIONS, most):
                problem = f"version {version} of {stream} does not follow the one before it"
                yield Finding(position=position, problem=problem)
        except UNREADABLE:
            problem = "the database cannot be read from here on; restore it from its backup"
            yield Finding(position=self._position + 1, problem=problem)

    def _now(self) -> tuple[int, dict[tuple[int, int], bytes]]:
        """Where the log ends and the roots kept of it, both of one moment: others may write."""
        with self._recorder.database.reading() as session:
            [(head,)] = session.rows(_HEAD)
            return head or 0, {(row[0], row[1]): row[2] for row in session.rows(_ROOTS)}

    def _pages(self, head: int, tree: Tree, watch: Watch) -> Iterator[Finding]:
        after, leaves_after = _FIRST, _FIRST
        while page := self._recorder.rows(_ROWS, after, head, PAGE):
            after = page[-1][0]
            hashes = [leaf for (leaf,) in self._recorder.rows(_HASHES, leaves_after, after)]
            self.entries += len(page)
            if not self._is_sound(page, hashes):
                leaves = self._recorder.rows(_LEAVES, leaves_after, after)
                yield from self._examined(page, dict(leaves))
                hashes = [*map(as_hash, hashes)]
            leaves_after = max(after, leaves_after)
            yield from tree.grow(hashes)
            watch("log", after, head)

    def _is_sound(self, page: Sequence[Any], hashes: Sequence[Any]) -> bool:
        """Say whether all of a page is right, and the leaves beside it are as many."""
        positions, streams, versions, topics, states = map(list, zip(*page, strict=True))
        first, last = self._position + 1, self._position + len(page)
        began = [_BEGAN] if first == 1 else []
        if (
            positions != [*range(first, last + 1)]
            or topics.count(_BEGAN) != len(began)
            or topics[: len(began)] != began
            or hashes != _hashes(states)
        ):
            return False
        recorded = is_sound(streams, versions, topics, states, after=self._recorded)
        if recorded is None:
            return False
        self._position, self._recorded = last, recorded
        return True

    def _examined(self, page: Sequence[Any], leaves: dict[int, Any]) -> Iterator[Finding]:
        for position, *row in page:
            if position != self._position + 1:
                problem = f"the log goes from position {self._position} to {position}"
                yield Finding(position=min(position, self._position + 1), problem=problem)
            self._position = position
            for problem in self._problems(position, *row, leaf=leaves.pop(position, None)):
                yield Finding(position=position, problem=problem)
        for position in leaves:
            yield _stranger(position)

    def _problems(
        self, position: int, stream: Any, version: Any, topic: Any, state: Any, *, leaf: Any
    ) -> Iterator[str]:
        if not isinstance(state, bytes) or leaf != sha256(b"\x00" + state).digest():
            yield "the Merkle leaf is not the hash of the entry"
        try:
            stored = StoredEvent(UUID(stream), version, topic, state)
            entry = self._codec.read_strictly(stored, position=position)
        except LogDamaged as error:
            yield str(error).removeprefix(f"position {position}: ")
        except (TypeError, ValueError, AttributeError, OverflowError):
            yield "the row does not hold an entry"
        else:
            yield from self._contradictions(entry, stream)

    def _contradictions(self, entry: Entry, stream: str) -> Iterator[str]:
        if stream != entry.stream.hex:
            yield "the stream is not written the one way it can be found by"
        if (entry.name == _BEGAN) != (entry.position == 1):
            yield f"{entry.name} stands where {_BEGAN} should, or {_BEGAN} stands twice"
        recorded = _micros(entry.recorded_at)
        if recorded < self._recorded:
            yield "it was recorded before the entry it follows"
        self._recorded = recorded


def _hashes(states: Sequence[Any]) -> list[bytes] | None:
    try:
        return [sha256(b"\x00" + state).digest() for state in states]
    except TypeError:
        return None


def _stranger(position: int) -> Finding:
    return Finding(position=position, problem="there is a Merkle leaf, and no entry")


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
