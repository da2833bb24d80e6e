"""Views that another process brings on, while this one answers."""

import asyncio
import os
import signal
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any, cast

import pytest

from ledger.audit import audit
from ledger.http import FOLLOWER
from ledger.opening import all_views, open_ledger
from service.edge import now
from service.following.apart import ENDED, SILENT, FollowerApart
from tests.service.erasing import erased, subject_of
from tests.service.persons import VALUES, closed_case, traces
from tests.service.running import running

BRIEFLY = 20


@pytest.fixture
async def apart(tmp_path):
    async with running(tmp_path, views_apart=True) as service:
        yield service


def children():
    """The processes that this one started, by their ids."""
    pid = os.getpid()
    started = set()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and "service.following" in (each / "cmdline").read_text():
                started.add(int(each.name))
        except OSError:
            continue
    return started


async def until(condition):
    give_up = monotonic() + BRIEFLY
    while not condition():
        assert monotonic() < give_up
        await asyncio.sleep(0.02)


async def test_what_was_answered_is_shown_by_whoever_reads_next(apart):
    applicant = await apart.applicant()
    for number in range(1, 4):
        case = await apart.apply(applicant)
        listed = await applicant.get("/v1/cases")
        assert len(listed.body["cases"]) == number
        assert case in {each["id"] for each in listed.body["cases"]}
    found = await apart.official("clerk").get("/v1/search?q=Testing")
    assert case in {each["id"] for each in found.body["cases"]}


async def test_health_and_metrics_tell_how_far_they_are(apart):
    await apart.apply(await apart.applicant())
    follower = apart.app[FOLLOWER]
    assert await asyncio.to_thread(follower.wait_for, apart.ledger.head, BRIEFLY)
    told = (await apart.anyone.get("/health")).body
    assert (told["status"], told["views_position"]) == ("ok", apart.ledger.head)
    assert 'tongban_view_lag{view="case_list"} 0.0' in apart.metrics()


async def test_a_process_that_is_killed_is_started_again_and_nothing_is_lost(apart):
    applicant = await apart.applicant()
    first, follower = await apart.apply(applicant), apart.app[FOLLOWER]
    [killed] = children()
    os.kill(killed, signal.SIGKILL)
    await until(lambda: follower.trouble == ENDED)
    assert (await apart.anyone.get("/health")).status == 503

    second = await apart.apply(applicant)
    await until(lambda: follower.trouble is None)
    listed = await applicant.get("/v1/cases", headers={"Prefer": "wait=10"})
    assert {each["id"] for each in listed.body["cases"]} == {first, second}
    assert children().isdisjoint({killed})
    findings = audit(apart.ledger, apart.home.views, all_views(apart.ledger))
    assert findings.wrong == ()


async def test_a_process_that_stands_still_is_told_of(apart):
    applicant, follower = await apart.applicant(), apart.app[FOLLOWER]
    await apart.apply(applicant)
    await until(lambda: follower.position == apart.ledger.head)
    follower.patience = 0.2
    [child] = children()
    os.kill(child, signal.SIGSTOP)
    try:
        await apart.apply(applicant)
        await until(lambda: follower.trouble == SILENT)
        health = await apart.anyone.get("/health")
        ready = await apart.anyone.get("/ready")
    finally:
        os.kill(child, signal.SIGCONT)
    # On a busy machine it may be silent for as short a time by itself.
    await until(lambda: follower.position == apart.ledger.head)
    follower.patience = BRIEFLY

    assert (health.status, health.body["trouble"]) == (503, SILENT)
    assert (ready.status, ready.body["reasons"]) == (503, ["views-behind"])
    assert (await apart.anyone.get("/health")).status == 200


class Time:
    """A clock that moves by what is slept, until it was slept `most` times."""

    def __init__(self, most):
        self.now, self.slept, self._most = 0.0, [], most

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds
        self.slept.append(seconds)
        if len(self.slept) == self._most:
            raise asyncio.CancelledError


async def test_a_process_that_fails_at_once_is_started_ever_less_often(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    time, unasked = Time(most=10), cast("Any", None)
    follower = FollowerApart(unasked, tmp_path, [], unasked, clock=time.clock, sleep=time.sleep)

    with pytest.raises(asyncio.CancelledError):
        await follower.run()

    assert time.slept == [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_are_left_to_whoever_started_it(apart, number):
    [child] = children()
    os.kill(child, number)
    await apart.apply(await apart.applicant())
    listed = await apart.supervisor.get("/v1/cases")
    assert len(listed.body["cases"]) == 1
    assert children() == {child}


async def test_it_ends_with_whoever_started_it(tmp_path):
    async with running(tmp_path, views_apart=True):
        [child] = children()
    assert children() == set()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


async def test_who_waits_for_what_never_comes_is_told_and_forgotten(apart):
    applicant = await apart.applicant()
    for _ in range(3):
        asked = "/v1/cases?position=999999"
        waited = await applicant.get(asked, headers={"Prefer": "wait=0"})
        assert waited.status == 503
    case = await apart.apply(applicant)
    listed = await applicant.get("/v1/cases")
    assert [each["id"] for each in listed.body["cases"]] == [case]


async def test_what_is_personal_leaves_the_views_with_the_person(tmp_path):
    async with running(tmp_path, views_apart=True) as service:
        _, case = await closed_case(service)
        found = await service.official("clerk").get("/v1/search?q=Quixotry")
        assert [each["id"] for each in found.body["cases"]] == [case]
        await erased(service, await subject_of(service, case))
        found = await service.official("clerk").get("/v1/search?q=Quixotry")
        assert found.body["cases"] == []
        assert traces(tmp_path, *VALUES) == []


async def test_what_was_read_of_a_key_does_not_outlast_it(service):
    _, case = await closed_case(service)
    subject = await subject_of(service, case)
    given = {"clock": now, "random": service.edge.random}
    with closing(open_ledger(service.home, keys_remembered=0, **given)) as beside:
        assert beside.keys.key(subject) is not None
        service.ledger.keys.erase(subject)
        assert beside.keys.key(subject) is None
