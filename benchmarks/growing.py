"""What a log of a million entries still does, beside one of ten thousand and beside a script.

Both logs hold imported cases that are made up. The script reads and decodes
every entry, keeps all cases in memory, and inserts each once: it checks nothing
and could not go on from where it was stopped.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import cbor2

from benchmarks import ours
from benchmarks.appending import AT_ONCE, corrections, open_cases
from benchmarks.clients import coroutines
from benchmarks.histories import histories
from benchmarks.measure import Peer, Row, Run, Timed, fsync, race
from ledger.application import Ledger
from ledger.projections.case_list import CaseList
from ledger.projections.rebuilding import rebuild
from ledger.projections.view import open_view
from ledger.transparency import TileNodes, inclusion_path

_LARGE, _SMALL = 1_000_000, 10_000
_APPENDS, _PROOFS = 3_200, 2_000
_NOTHING = "nothing: it is the ledger with fewer entries"


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race the large log against the small one, and its rebuild against a script."""
    appends, proofs = (max(2, int(each * scale)) for each in (_APPENDS, _PROOFS))
    with ExitStack() as opened:
        large, small = (
            opened.enter_context(_filled(folder, int(entries * scale), appends * rounds))
            for entries in (_LARGE, _SMALL)
        )
        title = f"{large.ledger.head:,}"
        fewer = f"with {small.ledger.head:,}"
        yield from race(
            min(rounds, 3),
            what=f"rebuild the case list, {title} events",
            unit="events/s",
            ours=large.rebuild,
            peers=[
                Peer(
                    name="sqlite3, cbor2 and plain Python",
                    leaves_out="derives no status, keeps all in memory, cannot resume",
                    run=large.script,
                ),
                Peer(name=fewer, leaves_out=_NOTHING, run=small.rebuild),
            ],
        )
        yield from race(
            rounds,
            what=f"append, {AT_ONCE} at once, {title} held",
            unit="commands/s",
            ours=partial(large.append, appends),
            peers=[Peer(name=fewer, leaves_out=_NOTHING, run=partial(small.append, appends))],
        )
        yield from race(
            rounds,
            what=f"inclusion proof from disk, {title} leaves",
            unit="proofs/s",
            ours=partial(large.prove, proofs),
            peers=[Peer(name=fewer, leaves_out=_NOTHING, run=partial(small.prove, proofs))],
        )


@dataclass
class _Log:
    folder: Path
    ledger: Ledger
    corrected: int = 0
    random: Random = field(default_factory=partial(Random, 1))

    def rebuild(self) -> Run:
        view, views = CaseList(self.ledger.book.calendars), self.folder / "views"
        start = perf_counter()
        rebuild(self.ledger, views, view)
        seconds = perf_counter() - start
        with closing(open_view(views / f"{view.name}.sqlite", view)) as db:
            return self._run(seconds, fsync(db.conn.cursor()))

    def script(self) -> Run:
        with TemporaryDirectory(dir=self.folder) as made:
            start = perf_counter()
            durability = _script(self.folder / "ledger.sqlite", Path(made) / "cases.sqlite")
            return self._run(perf_counter() - start, durability)

    def append(self, commands: int) -> Run:
        first = self.corrected
        self.corrected += commands
        asked = corrections(self.ledger, self.corrected)[first:]
        timed = coroutines(asked, AT_ONCE)
        return timed.run(fsync=ours.fsync_of(self.ledger), held=self.ledger.head)

    def prove(self, proofs: int) -> Run:
        size, read = self.ledger.head, self.ledger.recorder.select_tile

        def prove(index: int) -> None:
            inclusion_path(index, size, TileNodes(size, read))

        asked = [partial(prove, self.random.randrange(size)) for _ in range(proofs)]
        timed = Timed.one_by_one(asked)
        return timed.run(fsync=ours.fsync_of(self.ledger), held=size)

    def _run(self, seconds: float, durability: str) -> Run:
        held = self.ledger.head
        return Run(operations=held, seconds=seconds, fsync=durability, held=held)


@contextmanager
def _filled(folder: Path, entries: int, cases: int) -> Iterator[_Log]:
    """Open a ledger that holds so many entries, `cases` of ours among them."""
    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home)) as ledger:
        for batch in histories(max(12, entries - 2 * cases), ledger.now()):
            ledger.record(batch)
        open_cases(ledger, cases)
        yield _Log(folder=Path(home), ledger=ledger)


def _script(log: Path, path: Path) -> str:
    with closing(sqlite3.connect(log)) as source, closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("PRAGMA synchronous = NORMAL")
        made.execute("CREATE TABLE cases (id BLOB PRIMARY KEY, events, first, last)")
        cases: dict[bytes, tuple[int, int, int]] = {}
        for (state,) in source.execute("SELECT state FROM stored_events ORDER BY rowid"):
            _, stream, _, _, at, *_ = cbor2.loads(state)
            events, first, last = cases.get(stream, (0, at, at))
            cases[stream] = events + 1, min(first, at), max(last, at)
        rows: list[tuple[Any, ...]] = [(stream, *told) for stream, told in cases.items()]
        made.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", rows)
        made.commit()
        return fsync(made.cursor())
