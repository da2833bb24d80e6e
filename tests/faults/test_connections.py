"""A PostgreSQL that goes away, or hangs up in the middle: told plainly, and nothing is lost."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from uuid import UUID

import psycopg
import pytest

from ledger.application import Ledger
from ledger.audit import audit
from ledger.errors import Unavailable
from ledger.opening import all_views
from tests.faults.asked import applying
from tests.torture.asking import asks
from tests.torture.postgres import Postgres, postgres
from tests.torture.store import Store

CLIENTS = 8
_TIMES = 4
_HANG_UP = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture
def database(server: Postgres) -> Iterator[str]:
    with server.database() as database:
        yield database


async def test_a_service_whose_database_is_away_says_so_and_goes_on_when_it_is_back(
    server, database, tmp_path
):
    async with applying(tmp_path, database=database) as there:
        await asyncio.to_thread(server.kill)
        away = await there.apply("one")
        assert (away.status, away.problem) == (503, "unavailable")
        assert int(away.headers["Retry-After"]) > 0
        anyone = there.service.anyone
        assert "log-not-writable" in (await anyone.get("/ready")).body["reasons"]
        assert (await anyone.get("/live")).status == 200

        await asyncio.to_thread(server.start)
        await there.goes_on("one")
        # What it tells may be half a second old.
        await asyncio.sleep(0.6)
        assert (await anyone.get("/ready")).status == 200


def test_connections_lost_under_load_lose_nothing_and_do_nothing_twice(database, tmp_path):
    store = Store(folder=tmp_path / "home", database=database)
    told: dict[tuple[UUID, int], int] = {}
    with store.opened() as ledger, ThreadPoolExecutor(CLIENTS + 1) as threads:
        cases = [UUID(int=number) for number in range(1, 5 * CLIENTS)]
        hanging_up = threads.submit(_hang_up, database)
        walks = [threads.submit(_walk, ledger, case_id, told) for case_id in cases]
        for walk in walks:
            walk.result()
        assert hanging_up.result() > 0

        for (case_id, step), position in told.items():
            assert asks(case_id)[step].of(ledger).position == position
        assert [len(ledger.entries(case_id)) for case_id in cases] == [7] * len(cases)
        assert audit(ledger, store.views, all_views(ledger)).wrong == ()


def test_a_command_waits_for_another_servers_turn_to_end(database, tmp_path):
    store = Store(folder=tmp_path / "home", database=database)
    first, *_ = asks(UUID(int=1))
    with store.opened() as ledger, psycopg.connect(database) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext('tongban log'))")
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(first.of, ledger)
            sleep(0.5)
            assert not answer.done()
            other.rollback()
            assert answer.result(10).position == 3


def _walk(ledger: Ledger, case_id: UUID, told: dict[tuple[UUID, int], int]) -> None:
    for ask in asks(case_id):
        while (case_id, ask.step) not in told:
            try:
                told[case_id, ask.step] = ask.of(ledger).position
            except Unavailable:
                sleep(0.01)


def _hang_up(database: str) -> int:
    """Cut every connection a few times; return how many were cut."""
    cut = 0
    with psycopg.connect(database, autocommit=True) as killer:
        for _ in range(_TIMES):
            sleep(0.2)
            cut += len(killer.execute(_HANG_UP).fetchall())
    return cut
