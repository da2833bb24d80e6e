"""Every figure of `make bench` has a peer beside it. How fast either is, is not tested."""

import json
from itertools import groupby

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.measure import Peer, Run, race
from benchmarks.tokens import PYTHON_CWT

EVERY = {
    "append, 64 at once": 2,
    "append, one at a time": 2,
    "append on PostgreSQL, 64 at once": 1,
    "import, recording": 4,
    "import, reading included": 2,
    "load a case of 2 events": 1,
    "rebuild the case list, 17 events": 2,
    "append, 64 at once, 17 held": 1,
    "inclusion proof from disk, 17 leaves": 1,
    "check an inclusion proof of 20 nodes": 1,
    "verify the log": 1,
    "verify an assertion with every check": 2 + PYTHON_CWT.exists(),
    "issue an assertion": 1,
    "answer a verification, 64 at once": 2,
    "answer a verification, at half that load": 2,
    "a durable command over HTTP, 64 at once": 2,
    "read a case over HTTP, 64 at once": 2,
    "nine reads a command over HTTP, 64 at once": 1,
    "nine reads a command over HTTP, at half that load": 1,
}
IN_MEMORY = {
    "check an inclusion proof of 20 nodes",
    "verify an assertion with every check",
    "issue an assertion",
}
REBUILT = {"rebuild the case list, 17 events"}


def run(seconds):
    return Run(operations=10, seconds=seconds, fsync="FULL wal", held=10)


@pytest.fixture(scope="module")
def smallest(tmp_path_factory):
    """What the smallest run prints, and its rows."""
    folder = tmp_path_factory.mktemp("bench")
    done = CliRunner().invoke(main, ["--scale", "0", "--rounds", "1", "--folder", str(folder)])
    assert done.exit_code == 0, done.output
    return done.output, json.loads((folder / "bench.json").read_text())["rows"]


def test_the_smallest_run_has_both_sides_of_every_row(smallest):
    output, rows = smallest

    assert {w: len(list(r)) for w, r in groupby(rows, lambda row: row["what"])} == EVERY
    for row in rows:
        sides = row["ours"], row["theirs"]
        assert all(side["rate"] > 0 and side["held"] > 0 for side in sides)
        assert row["ours"]["fsync"] == row["theirs"]["fsync"]
        assert row["least"] <= row["ratio"] <= row["most"]
        assert all(str(row[name]) in output for name in ("what", "peer"))


def test_appends_and_imports_are_measured_with_every_commit_durable(smallest):
    _, rows = smallest

    durable = {"FULL wal", "synchronous_commit on"}
    waited = {row["what"] for row in rows if row["ours"]["fsync"] in durable}
    assert waited == set(EVERY) - REBUILT - IN_MEMORY


def test_the_ratio_is_the_median_of_the_rounds_and_above_one_where_we_are_faster():
    mine, other = iter([1.0, 1.0, 1.0]), iter([2.0, 9.0, 4.0])

    [row] = race(
        3,
        what="a figure",
        unit="steps/s",
        ours=lambda: run(next(mine)),
        peers=[Peer(name="peer", leaves_out="all", run=lambda: run(next(other)))],
    )

    assert (row.least, row.ratio, row.most) == (2.0, 4.0, 9.0)


def test_sides_take_turns_in_going_first():
    order: list[str] = []

    def side(name):
        def go():
            order.append(name)
            return run(1.0)

        return go

    list(
        race(
            2,
            what="a figure",
            unit="steps/s",
            ours=side("ours"),
            peers=[Peer(name="peer", leaves_out="all", run=side("peer"))],
        )
    )

    assert order == ["ours", "peer", "peer", "ours"]
