"""A ledger on memory and on SQLite, whose whole log is checked when a test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.application import Ledger
from tests.ledger.ledgers import SetClock, check_log, opened


@pytest.fixture(params=["memory", "SQLite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "memory":
        return f"file:{tmp_path.name}?mode=memory&cache=shared"
    return str(tmp_path / "ledger.sqlite")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ledger(database: str, clock: SetClock) -> Iterator[Ledger]:
    ledger = opened(database, clock)
    yield ledger
    check_log(ledger)
    ledger.recorder.datastore.close()
