"""Servers that share a PostgreSQL are killed, and so is the database: nothing told is lost."""

from pathlib import Path

import pytest

from tests.torture.plan import lives
from tests.torture.runs import chamber


@pytest.fixture(scope="module")
def torture():
    with chamber(shared=True) as torture:
        yield torture


@pytest.mark.parametrize("seed", range(1, 13, 2))
def test_what_was_acknowledged_is_there_once_after_a_kill(seed: int, tmp_path: Path, torture):
    survived = torture.run(seed, tmp_path)

    assert survived.kills >= len(lives(seed))
