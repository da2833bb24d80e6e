"""A disk that is full, cannot be read, or does not keep what it took."""

from pathlib import Path

import pytest

from tests.faults.disk import COMPILER, compiled, run_scenario
from tests.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.skipif(COMPILER is None, reason="no C compiler for the shim")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("shim"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_service_says_so_and_goes_on_when_it_can(scenario, library, tmp_path):
    ended = run_scenario(scenario, library, tmp_path)

    assert ended.returncode == 0, ended.stderr
