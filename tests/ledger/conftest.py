"""A ledger on memory and on SQLite, whose whole log is checked when a test is over."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.opening import all_views
from ledger.projections.follower import Follower
from ledger.queries import Queries
from tests.ledger.delivering import MAPPING, REGISTER, delivered
from tests.ledger.ledgers import OPENED, SetClock, check_log, opened
from tests.postgres import postgres_database, postgres_server

__all__ = ["postgres_database", "postgres_server"]


@pytest.fixture(params=["memory", "SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a log may be kept, each in turn."""
    if request.param == "PostgreSQL":
        yield request.getfixturevalue("postgres_database")
        _close()
        return
    if request.param == "memory":
        yield f"file:{tmp_path.name}?mode=memory&cache=shared"
    else:
        yield str(tmp_path / "ledger.sqlite")


@pytest.fixture(autouse=True)
def closing_ledgers() -> Iterator[None]:
    """Close what a test opened, so that no database is asked after it is gone."""
    yield
    _close()


def _close() -> None:
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ledger(database: str, clock: SetClock) -> Iterator[Ledger]:
    ledger = opened(database, clock)
    yield ledger
    check_log(ledger)


@pytest.fixture
def bring(ledger, tmp_path):
    """Delivers a log of `traces`, under another mapping if asked."""

    def bring(*traces, mapping=MAPPING, register=REGISTER, **more):
        return delivered(ledger, tmp_path, traces, mapping=mapping, register=register, **more)

    return bring


@pytest.fixture
def queries(ledger, tmp_path):
    """Makes queries of views that are up to the log."""

    def queries():
        with closing(Follower(ledger, tmp_path, all_views(ledger))) as follower:
            follower.catch_up()
        return Queries(ledger, tmp_path)

    return queries


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "100% of the views?"
    folder.mkdir()
    return folder


@pytest.fixture
def follow(ledger, folder):
    """Makes followers of `views`, all of them unless named."""
    made = []

    def follow(*views):
        made.append(Follower(ledger, folder, views or all_views(ledger), pause=int))
        return made[-1]

    yield follow
    for follower in made:
        follower.close()
