"""A whole log, read and understood before any of it is recorded.

It waits in a temporary database of SQLite's: a file without a name, which
vanishes with the process. So a log that is cut short adds nothing, the totals
are known before the first case, and what several traces tell of one case
becomes one case. Memory grows with the longest case, not with the log.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from ledger.importing.errors import SpoolError, XesError
from ledger.importing.fact import Attributes, Fact
from ledger.importing.mapping import Mapping
from ledger.importing.trace import Trace
from ledger.importing.xes import read_traces

# A fact, or a case's attributes, becomes one entry, and the log takes 65,535 bytes in one.
MAX_RECORD = 60_000

_SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA cache_size = -8192;
    CREATE TABLE cases (id INTEGER PRIMARY KEY, number TEXT UNIQUE, attributes BLOB);
    CREATE TABLE parts (id INTEGER PRIMARY KEY, case_id INTEGER, facts BLOB);
    CREATE INDEX parts_of_case ON parts (case_id);
    BEGIN;
"""

_encode = msgspec.msgpack.Encoder().encode
_attributes = msgspec.msgpack.Decoder(Attributes).decode
_facts = msgspec.msgpack.Decoder(tuple[Fact, ...]).decode


class SpooledCase(Struct, frozen=True):
    """A case as the log tells it, its facts in the log's own order."""

    number: str
    attributes: Attributes
    facts: tuple[Fact, ...]

    def __repr__(self) -> str:
        return f"SpooledCase(number={self.number!r}, {len(self.facts)} facts)"


class Spool:
    """A log's cases in the order of their first mention, and what there is of them."""

    cases: int = 0
    events: int = 0
    sha256: str

    @classmethod
    def read(
        cls,
        path: Path,
        mapping: Mapping,
        progress: Callable[[int, int], object] | None = None,
    ) -> Self:
        """Read the log at `path` to its end, or raise `ImportRefused`.

        `progress` is told the bytes read so far and the bytes there are.
        `sha256` is of the file's own bytes, as they lie on disk.
        """
        spool = cls()
        try:
            spool._fill(path, mapping, progress)
        except BaseException:
            spool.close()
            raise
        return spool

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_SCHEMA)

    def __iter__(self) -> Iterator[SpooledCase]:
        with _translated():
            cases = self._database.execute("SELECT * FROM cases ORDER BY id")
            for case_id, number, attributes in cases:
                yield SpooledCase(
                    number, _attributes(attributes), tuple(self._facts_of(case_id))
                )

    def mentions(self, number: str) -> bool:
        """Tell whether the log speaks of the case `number`."""
        with _translated():
            found = self._database.execute("SELECT 1 FROM cases WHERE number = ?", (number,))
            return found.fetchone() is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the temporary file; nothing can be read afterwards."""
        self._database.close()

    def _facts_of(self, case_id: int) -> Iterator[Fact]:
        parts = self._database.execute(
            "SELECT facts FROM parts WHERE case_id = ? ORDER BY id", (case_id,)
        )
        for (facts,) in parts:
            yield from _facts(facts)

    def _fill(
        self, path: Path, mapping: Mapping, progress: Callable[[int, int], object] | None
    ) -> None:
        size = path.stat().st_size if path.is_file() else 0
        digest, done = hashlib.sha256(), 0

        def watch(data: bytes) -> None:
            nonlocal done
            digest.update(data)
            done += len(data)
            if progress:
                progress(done, size)

        with _translated():
            for trace in read_traces(path, watch):
                self._add(trace, mapping)
        self.sha256 = digest.hexdigest()

    def _add(self, trace: Trace, mapping: Mapping) -> None:
        number = mapping.case_of(trace)
        try:
            case_id = self._case_id(number, trace)
            facts = _bounded_facts(trace, mapping)
        except XesError as error:
            raise XesError(error.problem, line=error.line, case=number) from error
        self._database.execute(
            "INSERT INTO parts (case_id, facts) VALUES (?, ?)", (case_id, facts)
        )
        self.events += len(trace.events)

    def _case_id(self, number: str, trace: Trace) -> int:
        attributes = _bounded(trace.attributes, trace.line)
        known = self._database.execute(
            "SELECT id, attributes FROM cases WHERE number = ?", (number,)
        ).fetchone()
        if known is None:
            self.cases += 1
            self._database.execute(
                "INSERT INTO cases VALUES (?, ?, ?)", (self.cases, number, attributes)
            )
            return self.cases
        case_id, before = known
        joined = _joined(_attributes(before), _attributes(attributes))
        self._database.execute(
            "UPDATE cases SET attributes = ? WHERE id = ?",
            (_bounded(joined, trace.line), case_id),
        )
        return int(case_id)


def _joined(before: Attributes, now: Attributes) -> Attributes:
    return before + tuple(each for each in now if each not in before)


def _bounded_facts(trace: Trace, mapping: Mapping) -> bytes:
    facts = [mapping.fact_of(event) for event in trace.events]
    content = _encode(facts)
    if len(content) > MAX_RECORD:
        for fact, event in zip(facts, trace.events, strict=True):
            _bounded(fact, event.line)
    return content


def _bounded(value: object, line: int) -> bytes:
    content = _encode(value)
    if len(content) > MAX_RECORD:
        raise XesError(f"the attributes here exceed {MAX_RECORD:,} bytes", line=line)
    return content


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise SpoolError(
            f"the temporary folder cannot hold the log ({error}); make room"
        ) from error
