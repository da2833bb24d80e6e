"""Alerts: what a supervisor should look at is told, since when, and with what to do."""

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlite_utils import Database

from ledger.http import FOLLOWER
from ledger.projections.alert_list import AlertList
from ledger.projections.folds import Folds
from ledger.projections.view import prepare
from service.feeds.alerts import ADVICE
from tests.ledger.examples import EXAMPLES
from tests.ledger.ledgers import SetClock
from tests.service.feeds.listening import listening
from tests.service.running import MORNING, running

STREAM = "/v1/alerts"


async def followed(service):
    there = asyncio.to_thread(service.app[FOLLOWER].wait_for, service.ledger.head, 10.0)
    assert await there


async def kinds(service):
    answer = await service.supervisor.get("/v1/alerts")
    assert answer.status == 200, answer.body
    told = answer.body["holding"] + answer.body["happened"]
    for alert in told:
        assert alert["advice"] == ADVICE[alert["kind"]]
        assert alert["since"].startswith("2026-")
    return {alert["kind"]: alert for alert in told}


async def test_all_is_quiet_where_nothing_is_the_matter(service):
    await service.apply(await service.applicant())

    assert await kinds(service) == {}


async def test_a_duty_whose_day_is_over_and_what_time_made_of_it(tmp_path):
    clock = SetClock(MORNING)
    async with running(tmp_path / "home", clock) as service:
        case_id = await service.apply(await service.applicant(), "application-form")
        await followed(service)
        clock.now += timedelta(days=40)

        overdue = (await kinds(service))["deadline_overdue"]
        service.tick()
        await followed(service)
        deemed = (await kinds(service))["acceptance_deemed"]

        assert overdue["about"] == f"{case_id}/intake"
        assert overdue["position"] is None
        assert deemed["about"] == case_id
        assert deemed["id"] == f"acceptance_deemed:{deemed['position']}"


async def test_alerts_come_as_they_arise_and_their_end_is_told(tmp_path):
    clock = SetClock(MORNING)
    async with running(tmp_path / "home", clock) as service:
        await service.apply(await service.applicant(), "application-form")
        await followed(service)
        clock.now += timedelta(days=40)

        async with listening(service.supervisor, STREAM) as listener:
            overdue = await listener.event()
            service.tick()
            following = [await listener.event()]
            # It is accepted from its receipt on, so the decision is overdue as well.
            while len({each["id"] for each in following}) < 3:
                following.append(await listener.event())
        async with listening(service.supervisor, STREAM, last="0") as again:
            repeated = await again.event()

        assert overdue["about"].endswith("/intake")
        assert [each["id"] for each in following if "over" in each] == [overdue["id"]]
        assert any(each["about"].endswith("/decision") for each in following)
        assert repeated["about"].endswith("/decision")


async def test_who_is_cut_off_among_what_holds_is_still_told_what_happened(tmp_path):
    clock = SetClock(MORNING)
    async with running(tmp_path / "home", clock) as service:
        await service.apply(await service.applicant(), "application-form")
        clock.now += timedelta(days=40)
        service.tick()
        await followed(service)

        async with listening(service.supervisor, STREAM, last="0") as cut:
            holding = await cut.event()
        async with listening(service.supervisor, STREAM, last=cut.last) as again:
            told = [(await again.event())["kind"] for _ in "123"]

        assert holding["kind"] == "deadline_overdue"
        assert "acceptance_deemed" in told


def test_a_second_correction_request_is_told():

    request = EXAMPLES["correction.requested.v1"]
    twice = [replace(request, position=4), replace(request, position=9, version=5)]

    view, db = AlertList(), Database(memory=True)
    prepare(db, view)
    view.apply(db, twice, Folds(lambda _: []))

    [row] = AlertList.page(db, after=0, limit=5)
    assert (row["position"], row["kind"]) == (9, "second_correction")


async def test_an_entry_that_a_view_set_aside_is_told(service):
    await service.apply(await service.applicant())
    await followed(service)
    with closing(sqlite3.connect(service.home.views / "timeline.sqlite")) as db, db:
        row = (2, "0" * 32, "LogDamaged", "2026-02-10T00:00:00.000000Z")
        db.execute("INSERT INTO quarantined VALUES (?, ?, ?, ?)", row)

    incomplete = (await kinds(service))["view_incomplete"]

    assert incomplete["about"] == "timeline"
    assert incomplete["since"] == "2026-02-10T00:00:00.000000Z"


async def test_a_certificate_that_does_not_hold_is_told(service):
    await service.apply(await service.applicant())
    await followed(service)
    service.home.certificates.mkdir(exist_ok=True)
    made = await service.session("operator", channel="system").post(
        "/v1/views/case_list/certificate"
    )
    assert made.status == 201, made.body
    [file] = service.home.certificates.glob("case_list*[!k]")
    file.write_bytes(os.urandom(100))

    refused = (await kinds(service))["certificate_refused"]

    assert refused["about"] == "case_list"


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("role", ["applicant", "clerk", "approver", "operator"])
async def test_nobody_but_a_supervisor_is_told(shared, role):
    assert (await shared.session(role).get("/v1/alerts")).status == 403
