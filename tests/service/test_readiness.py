"""Whom the service welcomes now: readiness goes first, and comes back by itself."""

import asyncio
import re
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from rest.lateness import Lateness
from rest.load import LOAD
from service.readiness import CROWDED, READINESS, RUNNING, Readiness
from tests.service.running import running

DOCS = Path(__file__).parents[2] / "docs" / "operations.md"
READY = {"status": "ready", "reasons": []}


@contextmanager
def held_up(ledger):
    """Let the writer stand in the middle of a job until the block ends."""
    go_on, begun = threading.Event(), threading.Event()

    def job(_draft):
        begun.set()
        go_on.wait(10)

    held = ledger.writing(job)
    assert begun.wait(5)
    try:
        yield
    finally:
        go_on.set()
        held.result(5)


async def test_a_service_that_is_well_is_live_and_ready_and_says_no_more(service):
    head = service.ledger.head

    live, ready = await service.anyone.get("/live"), await service.anyone.get("/ready")

    assert (live.status, live.body) == (200, {"status": "live", "reasons": []})
    assert (ready.status, ready.body) == (200, READY)
    assert service.ledger.head == head


async def test_readiness_goes_before_anyone_is_refused_and_comes_back(service):
    with held_up(service.ledger):
        jobs = [service.ledger.writing(lambda _draft: None) for _ in range(CROWDED + 1)]
        crowded = await service.anyone.get("/ready")
        alive = await service.anyone.get("/live")
    for job in jobs:
        await asyncio.wrap_future(job)
    after = await service.anyone.get("/ready")

    assert (crowded.status, crowded.body["reasons"]) == (503, ["overloaded"])
    assert alive.status == 200
    assert after.body == READY


async def test_requests_under_way_count_too_before_one_is_too_many(service):
    load = service.app[LOAD]
    load.in_flight += load.most * 4 // 5
    crowded = await service.anyone.get("/ready")
    load.in_flight -= load.most * 4 // 5
    after = await service.anyone.get("/ready")

    assert (crowded.status, crowded.body["reasons"]) == (503, ["overloaded"])
    assert after.body == READY


async def test_a_loop_that_is_late_for_its_requests_is_not_ready(service):
    # One that nobody else looks at.
    service.app[LOAD].lateness = lateness = Lateness()
    for _ in range(lateness.enough):
        lateness.ask()
    lateness.look(1.0)
    crowded = await service.anyone.get("/ready")
    lateness.look(0.0)
    after = await service.anyone.get("/ready")

    assert (crowded.status, crowded.body["reasons"]) == (503, ["overloaded"])
    assert after.body == READY


async def test_a_log_that_nobody_can_write_to_is_noticed_in_time(service):
    impatient = Readiness(service.app, service.home.folder, free_megabytes=0, patience=0.05)

    with held_up(service.ledger):
        stuck = await impatient.reasons()

    assert stuck == ["log-not-writable"]


async def test_a_disk_without_room_is_not_ready_before_it_is_full(tmp_path):
    async with running(tmp_path / "home", free_megabytes=1e9) as service:
        full = await service.anyone.get("/ready")
        health = await service.anyone.get("/health")

    assert (full.status, full.body["reasons"]) == (503, ["disk-full"])
    assert health.status == 200


async def test_a_home_that_went_away_is_a_reason_and_no_error(service, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    looking = Readiness(service.app, gone, free_megabytes=1)
    shutil.rmtree(gone)

    assert await looking.reasons() == ["home-missing"]


async def test_who_asks_all_the_time_is_told_what_was_seen_a_moment_ago(service):
    first = await service.app[READINESS].reasons()

    with held_up(service.ledger):
        again = await asyncio.wait_for(service.app[READINESS].reasons(), 0.4)

    assert first == again == []


async def test_a_process_of_which_a_thread_ended_is_to_be_started_anew(service):
    ended = threading.Thread(target=int)
    ended.start()
    ended.join()
    service.app[RUNNING].append(ended.is_alive)

    live = await service.anyone.get("/live")

    assert (live.status, live.body["reasons"]) == (503, ["a-loop-ended"])


async def test_every_loop_beside_the_requests_is_watched(service):
    assert len(service.app[RUNNING]) >= 14
    assert all(is_running() for is_running in service.app[RUNNING])


@pytest.mark.parametrize("module", ["readiness", "health"])
def test_every_reason_is_in_the_docs(module):
    text = (Path(__file__).parents[2] / "service" / f"{module}.py").read_text()
    told = {
        each
        for pair in re.findall(r'\["([a-z-]+)"\]|append\("([a-z-]+)"\)', text)
        for each in pair
        if each
    }

    assert told
    assert {each for each in told if f"`{each}`" not in DOCS.read_text()} == set()
