"""Verifying the log, beside merely reading every entry and hashing it.

Views are left out: folding them again is the race of `rebuilding`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import ours
from benchmarks.made_up import mapping, write_log
from benchmarks.measure import Peer, Row, Run, race
from ledger.audit import audit
from ledger.home import Home

_CASES = 17_000


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race audits of one imported log; at full scale it has more than 100,000 entries."""
    log = write_log(folder / "made-up.xes", max(2, int(_CASES * scale)))
    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home)) as ledger:
        ours.import_log(ledger, log, mapping())
        ledger.published.sign_head()
        fsync = ours.fsync_of(ledger)

        def verify() -> Run:
            start = perf_counter()
            findings = audit(ledger, Path(home) / "views", ())
            seconds = perf_counter() - start
            assert not findings.wrong
            return Run(operations=ledger.head, seconds=seconds, fsync=fsync, held=ledger.head)

        def read_and_hash() -> Run:
            start = perf_counter()
            with closing(sqlite3.connect(Home(Path(home), bytes).log)) as db:
                for row in db.execute("SELECT * FROM stored_events ORDER BY rowid"):
                    sha256(row[4]).digest()
            seconds = perf_counter() - start
            return Run(operations=ledger.head, seconds=seconds, fsync=fsync, held=ledger.head)

        yield from race(
            rounds,
            what="verify the log",
            unit="entries/s",
            ours=verify,
            peers=[
                Peer(
                    name="sqlite3 and hashlib",
                    leaves_out="reads and hashes each entry, and compares nothing",
                    run=read_and_hash,
                )
            ],
        )
