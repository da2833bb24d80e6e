"""Rebuilding the case list from the log, beside the least that a script would do.

The script reads and decodes every entry, keeps all cases in memory, and inserts
each once. It checks nothing and could not go on from where it was stopped.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import cbor2

from benchmarks import ours
from benchmarks.made_up import mapping, write_log
from benchmarks.measure import Peer, Row, Run, fsync, race
from ledger.home import Home
from ledger.projections.case_list import CaseList
from ledger.projections.follower import rebuild
from ledger.projections.view import open_view

_CASES = 2_400


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race rebuilds of the case list of one imported log."""
    log = write_log(folder / "made-up.xes", max(2, int(_CASES * scale)))
    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home)) as ledger:
        ours.import_log(ledger, log, mapping())
        view, views = CaseList(ledger.book.calendars), Path(home) / "views"

        def rebuild_ours() -> Run:
            start = perf_counter()
            rebuild(ledger, views, view)
            seconds = perf_counter() - start
            with closing(open_view(views / f"{view.name}.sqlite", view)) as db:
                return _run(seconds, fsync(db.conn.cursor()), ledger.head)

        def script() -> Run:
            with TemporaryDirectory(dir=home) as made:
                return _script(Home(Path(home), bytes).log, Path(made) / "cases.sqlite")

        yield from race(
            rounds,
            what="rebuild the case list",
            unit="events/s",
            ours=rebuild_ours,
            peers=[
                Peer(
                    name="sqlite3, cbor2 and plain Python",
                    leaves_out="derives no status, keeps all in memory, cannot resume",
                    run=script,
                )
            ],
        )


def _run(seconds: float, fsync: str, held: int) -> Run:
    return Run(operations=held, seconds=seconds, fsync=fsync, held=held)


def _script(log: Path, path: Path) -> Run:
    start = perf_counter()
    with closing(sqlite3.connect(log)) as source, closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("PRAGMA synchronous = NORMAL")
        made.execute("CREATE TABLE cases (id BLOB PRIMARY KEY, events, first, last)")
        cases: dict[bytes, tuple[int, int, int]] = {}
        held = 0
        for (state,) in source.execute("SELECT state FROM stored_events ORDER BY rowid"):
            held += 1
            _, stream, _, _, at, *_ = cbor2.loads(state)
            events, first, last = cases.get(stream, (0, at, at))
            cases[stream] = events + 1, min(first, at), max(last, at)
        rows: list[tuple[Any, ...]] = [(stream, *told) for stream, told in cases.items()]
        made.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", rows)
        made.commit()
        return _run(perf_counter() - start, fsync(made.cursor()), held)
