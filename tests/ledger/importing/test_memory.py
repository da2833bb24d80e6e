"""Reading a log takes no more memory for there being more of it."""

import tracemalloc
from pathlib import Path

from ledger.importing import Spool
from tests.ledger.importing.logs import event, mapping, trace


def generated(folder: Path, cases: int) -> Path:
    path = folder / f"{cases}.xes"
    with path.open("w") as file:
        file.write("<log>")
        for number in range(cases):
            file.write(trace(f"case {number}", event("apply"), event("check", who=f"{number}")))
        file.write("</log>")
    return path


def peak(path: Path) -> int:
    tracemalloc.start()
    try:
        with Spool.read(path, mapping()) as spool:
            assert sum(len(case.facts) for case in spool) == spool.events
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_log_ten_times_as_long_takes_no_more_memory(tmp_path):
    short, long = generated(tmp_path, 2_000), generated(tmp_path, 20_000)
    peaks = peak(short), peak(long)

    assert peaks[1] < peaks[0] * 1.2
