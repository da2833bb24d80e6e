"""Whether a home still holds what was written, looked at as a stranger would.

Rows are taken as they lie in the tables, past every index and cache of ours.
What this cannot tell is a log replaced as a whole, leaves and all: that takes
a tree head that someone else has kept.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import PersistenceError, StoredEvent

from ledger.application import Ledger
from ledger.audit_tree import broken
from ledger.codec import Codec
from ledger.entry import EVENT_NAMES, Entry
from ledger.errors import LogDamaged
from ledger.log_events import LogBegan
from ledger.projections.check import check
from ledger.projections.view import View
from ledger.recorder import LedgerRecorder
from ledger.transparency import leaf_hash

Watch = Callable[[str, int, int], object]

_FIRST = -(1 << 63)
_PAGE = 1_000
_MOST = 100
_ROWS = """
    SELECT e.rowid, originator_id, originator_version, topic, state, hash
    FROM stored_events e LEFT JOIN merkle_leaves ON leaf_index = e.rowid - 1
    WHERE e.rowid > ? AND e.rowid <= ? ORDER BY e.rowid LIMIT ?
"""
_LEAVES = """
    SELECT leaf_index + 1 FROM merkle_leaves
    WHERE leaf_index + 1 NOT IN (SELECT rowid FROM stored_events) ORDER BY 1
"""
_ONCE = """
    SELECT CAST(first_position AS INTEGER) FROM once_keys
    WHERE first_position > last_position
    OR first_position NOT IN (SELECT rowid FROM stored_events)
    OR last_position NOT IN (SELECT rowid FROM stored_events) ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it was written; of a view, how far it says it reaches."""

    position: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was looked at and what is wrong, by position; it stops looking at a hundred."""

    entries: int
    streams: int
    wrong: tuple[Finding, ...]


def audit(
    ledger: Ledger,
    folder: Path,
    made: Sequence[View],
    watch: Watch = lambda *_: None,
) -> Findings:
    """Read the whole log, and compare each of the `made` views in `folder` with its fold.

    `watch` is told what is being read, the position reached and the last one.
    Nothing is written; a view that is not there is not missed.
    """
    log = _Log(ledger.codec)
    findings = chain(
        log.findings(ledger.recorder, ledger.head, watch),
        _tree(ledger),
        _views(ledger, folder, made, watch),
    )
    wrong = sorted(islice(findings, _MOST), key=lambda finding: finding.position)
    return Findings(entries=log.entries, streams=log.streams, wrong=tuple(wrong))


class _Log:
    """The rows of the log in order, each held against those before it."""

    def __init__(self, codec: Codec) -> None:
        self.entries = 0
        self._codec = codec
        self._position = 0
        self._recorded_at: datetime | None = None
        self._versions = sqlite3.connect("", isolation_level=None)
        self._versions.execute("CREATE TABLE versions (stream PRIMARY KEY, version INTEGER)")
        self._versions.execute("BEGIN")

    @property
    def streams(self) -> int:
        """How many streams were met."""
        return int(self._versions.execute("SELECT count(*) FROM versions").fetchone()[0])

    def findings(self, recorder: LedgerRecorder, head: int, watch: Watch) -> Iterator[Finding]:
        """Yield what is wrong with the rows up to `head`, and with what stands beside them."""
        try:
            yield from self._in_rows(recorder, head, watch)
            yield from _beside_the_log(recorder)
        except PersistenceError:
            problem = "the database cannot be read from here on; restore it from its backup"
            yield Finding(position=self._position + 1, problem=problem)

    def _in_rows(self, recorder: LedgerRecorder, head: int, watch: Watch) -> Iterator[Finding]:
        for row in _rows(recorder, head):
            self.entries += 1
            position = row[0]
            if position != self._position + 1:
                problem = f"the log goes from position {self._position} to {position}"
                yield Finding(position=min(position, self._position + 1), problem=problem)
            self._position = position
            for problem in self._problems(*row):
                yield Finding(position=position, problem=problem)
            if self.entries % _PAGE == 0:
                watch("log", position, head)

    def _problems(
        self, position: int, stream: Any, version: Any, topic: Any, state: Any, leaf: Any
    ) -> Iterator[str]:
        before = self._follow(stream, version)
        if version != before + 1:
            yield f"version {version} of {stream} follows version {before}"
        try:
            if leaf != leaf_hash(state):
                yield "the Merkle leaf is not the hash of the entry"
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
        began = EVENT_NAMES[LogBegan]
        if (entry.name == began) != (entry.position == 1):
            yield f"{entry.name} stands where {began} should, or {began} stands twice"
        if self._recorded_at is not None and entry.recorded_at < self._recorded_at:
            yield "it was recorded before the entry it follows"
        self._recorded_at = entry.recorded_at

    def _follow(self, stream: Any, version: Any) -> int:
        known = "SELECT version FROM versions WHERE stream = ?"
        row = self._versions.execute(known, (stream,)).fetchone()
        follow = "REPLACE INTO versions VALUES (?, CAST(? AS INTEGER))"
        self._versions.execute(follow, (stream, version))
        return 0 if row is None else int(row[0])


def _rows(recorder: LedgerRecorder, head: int) -> Iterator[sqlite3.Row]:
    after = _FIRST
    while page := _select(recorder, _ROWS, after, head, _PAGE):
        yield from page
        after = page[-1][0]


def _beside_the_log(recorder: LedgerRecorder) -> Iterator[Finding]:
    for (position,) in _select(recorder, f"{_LEAVES} LIMIT ?", _MOST):
        yield Finding(position=position, problem="there is a Merkle leaf, and no entry")
    for (position,) in _select(recorder, f"{_ONCE} LIMIT ?", _MOST):
        yield Finding(position=position, problem="a one-time key points where no entry is")


def _select(recorder: LedgerRecorder, sql: str, *values: int) -> list[sqlite3.Row]:
    with recorder.datastore.transaction(commit=False) as cursor:
        cursor.execute(sql, values)
        rows: list[sqlite3.Row] = cursor.fetchall()
        return rows


def _tree(ledger: Ledger) -> Iterator[Finding]:
    try:
        for each in broken(ledger.recorder, ledger.published):
            yield Finding(position=each.position, problem=each.problem)
    except (PersistenceError, TypeError):
        yield Finding(position=ledger.head, problem="the tree cannot be read from here on")


def _views(
    ledger: Ledger, folder: Path, made: Sequence[View], watch: Watch
) -> Iterator[Finding]:
    for view in made:
        reached, problem = check(ledger, folder, view, partial(watch, view.name))
        if problem is not None:
            yield Finding(position=reached, problem=f"the view {view.name} {problem}")
