"""Killed at any moment, also while it starts, imports or rebuilds: nothing told is lost.

A run that fails names its seed: `make torture RUNS=1 SEED=...` repeats what was
done, though not to the microsecond when.
"""

from pathlib import Path

import pytest

from tests.torture.plan import lives
from tests.torture.runs import chamber

SEEDS = range(0, 28, 2)


@pytest.fixture(scope="module")
def torture():
    with chamber(shared=False) as torture:
        yield torture


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_acknowledged_is_there_once_after_a_kill(seed: int, tmp_path: Path, torture):
    survived = torture.run(seed, tmp_path)

    assert survived.kills == len(lives(seed))


def test_the_runs_kill_while_starting_importing_and_rebuilding():
    planned = [life for seed in SEEDS for life in lives(seed)]

    assert any(life.seconds < 0.05 for life in planned)
    assert any(life.imports for life in planned)
    assert any(life.rebuilds for life in planned)
