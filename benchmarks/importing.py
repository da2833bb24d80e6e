"""Importing a log: the whole of it, and only the recording of what was read.

The peers are handed the same cases, read already. Those that commit each event
get a tenth of them: their rate is the same, and a slow disk would take minutes.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks import ours, raw, stock
from benchmarks.made_up import mapping, write_log
from benchmarks.measure import Peer, Row, Run, fsync, race
from ledger.importing import Fact, Spool, SpooledCase
from ledger.importing.delivery import BATCH

_CASES = 1_200
_STOCK = "seals, hashes, reads and compares nothing"
_RAW = "inserts rows that are ready, without leaf or key"


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race imports of a made-up log; each starts from nothing."""
    log = write_log(folder / "made-up.xes", max(2, int(_CASES * scale)))
    cases, stored = _read(log), _stored(folder, log)
    few = max(2, len(cases) // 10)
    by_case = Peer(
        name="stock save, a case at a time",
        leaves_out=_STOCK,
        run=partial(_stock, folder, cases, together=True),
    )
    by_batch = Peer(
        name=f"sqlite3 executemany of {BATCH:,}",
        leaves_out=_RAW,
        run=partial(_raw, folder, stored, BATCH),
    )
    by_event = (
        Peer(
            name="stock save, an event at a time",
            leaves_out=_STOCK,
            run=partial(_stock, folder, cases[:few], together=False),
        ),
        Peer(
            name="sqlite3, a row a transaction",
            leaves_out=_RAW,
            run=partial(_raw, folder, stored[: 6 * few], 1),
        ),
    )
    yield from race(
        rounds,
        what="import, recording",
        unit="events/s",
        ours=partial(_ours, folder, log, whole=False),
        peers=(by_case, by_batch, *by_event),
    )
    yield from race(
        rounds,
        what="import, reading included",
        unit="events/s",
        ours=partial(_ours, folder, log, whole=True),
        peers=(by_case, by_batch),
    )


def _ours(folder: Path, log: Path, *, whole: bool) -> Run:
    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home)) as ledger:
        everything, recording = ours.import_log(ledger, log, mapping())
        return Run(
            operations=ledger.head,
            seconds=everything if whole else recording,
            fsync=ours.fsync_of(ledger),
            held=ledger.head,
        )


def _stock(folder: Path, cases: Sequence[SpooledCase], *, together: bool) -> Run:
    with TemporaryDirectory(dir=folder) as home, stock.opened(Path(home)) as application:
        events = 0
        start = perf_counter()
        for case in cases:
            dossier = stock.Dossier(case.number)
            for fact in case.facts:
                if not together:
                    application.save(dossier)
                dossier.tell(fact.activity, fact.occurred_at, _details(fact))
            application.save(dossier)
            events += 1 + len(case.facts)
        seconds = perf_counter() - start
        return Run(
            operations=events, seconds=seconds, fsync=stock.fsync_of(application), held=events
        )


def _details(fact: Fact) -> dict[str, Any]:
    return {
        "answer": fact.answer,
        "fact": fact.fact,
        "matched": [list(pair) for pair in fact.matched],
        "attributes": list(fact.attributes),
    }


def _raw(folder: Path, stored: Sequence[raw.Stored], size: int) -> Run:
    with TemporaryDirectory(dir=folder) as home, raw.opened(Path(home)) as connection:
        start = perf_counter()
        for first in range(0, len(stored), size):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(raw.INSERT, stored[first : first + size])
            connection.execute("COMMIT")
        seconds = perf_counter() - start
        return Run(
            operations=len(stored),
            seconds=seconds,
            fsync=fsync(connection.cursor()),
            held=len(stored),
        )


def _read(log: Path) -> list[SpooledCase]:
    with Spool.read(log, mapping()) as spool:
        return list(spool)


def _stored(folder: Path, log: Path) -> list[raw.Stored]:
    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home)) as ledger:
        ours.import_log(ledger, log, mapping())
        return raw.rows_of(ledger)
