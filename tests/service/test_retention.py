"""The clock moved by years: who need not be kept is restricted, then erased, by itself."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ledger.http import ERASER, FOLDER, FOLLOWER, LEDGER, REQUESTS
from ledger.retention_events import RetentionEnded
from ledger.subject_events import Standing
from service.person_clock import PersonClock
from tests.service.erasing import subject_of
from tests.service.persons import VALUES, closed_case, traces
from tests.service.running import MORNING, Service, running

AFTER_TEN_YEARS = datetime(2037, 1, 1, 2, tzinfo=UTC)
"""The food licence is kept ten years, from the end of 2026."""


def ticking(service, follower=None):
    app = service.app
    return PersonClock(
        app[LEDGER],
        follower or app[FOLLOWER],
        app[REQUESTS],
        app[FOLDER],
        grace=timedelta(days=30),
        seconds=0,
    )


def officer(service):
    return service.session("data-protection-officer", "dpo-1", channel="system")


async def test_ten_years_after_the_year_of_their_case_somebody_is_forgotten(tmp_path):
    async with running(tmp_path) as service:
        _, case = await closed_case(service)
        subject, ticks = await subject_of(service, case), ticking(service)
        service.clock.now = AFTER_TEN_YEARS - timedelta(days=1)
        assert ticks.tick() == 0

        service.clock.now = AFTER_TEN_YEARS
        assert ticks.tick() == 1
        assert service.ledger.standing(subject) is Standing.RESTRICTED
        service.clock.now = AFTER_TEN_YEARS + timedelta(days=29)
        assert ticks.tick() == 0
        service.clock.now = AFTER_TEN_YEARS + timedelta(days=30)
        assert ticks.tick() == 1
        service.app[ERASER].finish()

        assert service.ledger.standing(subject) is Standing.ERASED
        names = [e.name for e in service.ledger.read(0) if e.actor.role == "clock"]
        assert names == ["retention.ended.v1", "subject.restricted.v1", "subject.erased.v1"]
    assert traces(tmp_path, *VALUES) == []


async def test_a_service_that_runs_forgets_by_itself_and_after_thirty_days(tmp_path):
    async with running(tmp_path, tick_seconds=0.05) as service:
        _, case = await closed_case(service)
        subject = await subject_of(service, case)

        service.clock.now = AFTER_TEN_YEARS
        await becomes(service, subject, Standing.RESTRICTED)
        events = [entry.event for entry in service.ledger.read(0)]
        [ended] = [event for event in events if isinstance(event, RetentionEnded)]
        service.clock.now = AFTER_TEN_YEARS + timedelta(days=30)
        await becomes(service, subject, Standing.ERASED)

        assert ended.erased_from == date(2037, 1, 31)


async def becomes(service, subject, standing):
    """Wait until a person's data stand so, by nothing that is done here."""
    for _ in range(200):
        if service.ledger.standing(subject) is standing:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(service.ledger.standing(subject))


@dataclass
class WaitsThroughTheNight:
    """Views that are far enough only on another day, at first."""

    service: Service

    def wait_for(self, position, timeout, name):
        self.service.clock.now = AFTER_TEN_YEARS
        return self.service.app[FOLLOWER].wait_for(position, timeout, name)


async def test_a_day_that_begins_during_a_look_is_gone_through_at_the_next(service):
    await closed_case(service)
    ticks = ticking(service, WaitsThroughTheNight(service))

    assert (ticks.tick(), ticks.tick()) == (0, 1)


async def test_another_case_that_is_open_keeps_all_of_the_person(service):
    person, case = await closed_case(service)
    await service.apply(person, "application-form")
    subject = await subject_of(service, case)

    service.clock.now = AFTER_TEN_YEARS + timedelta(days=365)

    assert ticking(service).tick() == 0
    assert service.ledger.standing(subject) is Standing.FREE


async def test_a_hold_keeps_them_from_the_clock_and_from_the_operator(service):
    _, case = await closed_case(service)
    subject, ticks = await subject_of(service, case), ticking(service)
    who, ground = officer(service), {"basis": "pipl-47"}
    held = await who.post(f"/v1/subjects/{subject}/holds", {"reason": "litigation"})

    assert held.status == 201
    service.clock.now = AFTER_TEN_YEARS
    assert ticks.tick() == 0
    service.clock.now = MORNING
    await who.post(f"/v1/subjects/{subject}/restriction", ground)
    refused = await who.post(f"/v1/subjects/{subject}/erasure", ground)
    assert (refused.status, refused.problem) == (422, "command-rejected")
    assert "held for litigation" in refused.body["detail"]

    [hold] = held.body["holds"]
    released = await who.call("DELETE", f"/v1/subjects/{subject}/holds/{hold['hold']}")
    assert released.body == {"holds": []}
    assert (await who.post(f"/v1/subjects/{subject}/erasure", ground)).status in (200, 202)


async def test_who_only_proved_who_they_are_is_forgotten_after_three_years(service):
    person = await service.applicant()
    request = (await person.post("/v1/me/requests", {"kind": "copy"})).body
    ticks = ticking(service)

    service.clock.now += timedelta(days=40)
    assert ticks.tick() == 1
    [overdue] = (await officer(service).get("/v1/requests?overdue=yes")).body["requests"]
    assert overdue["id"].replace("-", "") == request["id"].replace("-", "")
    [alert] = (await service.supervisor.get("/v1/alerts")).body["holding"]
    assert (alert["kind"], alert["about"]) == ("request_overdue", request["id"])
    service.clock.now += timedelta(days=4 * 365)
    assert ticks.tick() == 0

    body = {"outcome": "grant", "ground": "pipl-45", "reason": "GET /v1/me/copy"}
    await officer(service).post(f"/v1/requests/{request['id']}/decision", body)
    service.clock.now += timedelta(days=3 * 365 + 2)
    assert ticks.tick() == 1


async def test_a_second_look_on_the_same_day_does_nothing(service):
    await closed_case(service)
    service.clock.now = AFTER_TEN_YEARS
    ticks = ticking(service)

    assert (ticks.tick(), ticks.tick()) == (1, 0)
    assert ticking(service).tick() == 0
