"""What time brings about: once, also after being down, and never through a read."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from tests.ledger.ledgers import SetClock
from tests.service.running import ITEM, MORNING, running

A_MOMENT = timedelta(microseconds=1)
TERM_ENDS = datetime(2026, 2, 24, 16, 0, tzinfo=UTC)
"""The end, in Zhaoqing, of the fifth working day after `MORNING`."""


OWN = "gd.operators.own"


@pytest.fixture
def catalogue(tmp_path):
    """A folder of the operator's, with an item like a published one."""
    published = resources.files("ledger.catalogue.items").joinpath(f"{ITEM}.v1.json")
    item = json.loads(published.read_text()) | {"id": OWN}
    file = tmp_path / "catalogue" / "items" / f"{OWN}.v1.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(item))
    return tmp_path / "catalogue"


async def status(service, case_id):
    shown = await service.supervisor.get(f"/v1/cases/{case_id}")
    return shown.body["case"]["status"]


async def events(service, case_id):
    shown = await service.supervisor.get(f"/v1/cases/{case_id}/timeline")
    return [row["event"] for row in shown.body["timeline"]]


async def test_silence_until_the_last_moment_of_the_term_accepts_nothing(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    service.clock.now = TERM_ENDS - A_MOMENT

    given = await asyncio.to_thread(service.tick)

    assert given == 0
    assert await status(service, case_id) == "RECEIVED"


async def test_silence_over_the_term_accepts_from_the_day_of_receipt(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    service.clock.now = TERM_ENDS

    given = await asyncio.to_thread(service.tick)

    shown = await service.supervisor.get(f"/v1/cases/{case_id}/replay")
    deemed = shown.body["entries"][-1]
    assert given == 1
    assert shown.body["case"]["status"] == "ACCEPTED"
    assert deemed["event"] == "acceptance.deemed.v1"
    assert deemed["role"] == "clock"
    assert datetime.fromisoformat(deemed["effective_at"]) == MORNING
    assert datetime.fromisoformat(deemed["recorded_at"]) == TERM_ENDS


async def test_a_case_stood_accepted_on_its_day_of_receipt_but_was_not_known_to(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    service.clock.now = TERM_ENDS
    await asyncio.to_thread(service.tick)
    path, day = f"/v1/cases/{case_id}/replay", {"as_of": "2026-02-11T00:00:00Z"}

    in_effect = await service.supervisor.get(path, params=day)
    known = await service.supervisor.get(
        path, params={**day, "recorded_until": "2026-02-11T00:00:00Z"}
    )

    assert in_effect.body["case"]["status"] == "ACCEPTED"
    assert known.body["case"]["status"] == "RECEIVED"


async def test_looking_again_and_again_accepts_once(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    service.clock.now = TERM_ENDS

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: service.tick(), range(8)))
    again = await asyncio.to_thread(service.tick)

    assert sum(map(bool, given)) >= 1
    assert again == 0
    assert (await events(service, case_id)).count("acceptance.deemed.v1") == 1


async def test_a_service_that_was_down_when_the_term_ended_accepts_once_it_is_up(tmp_path):
    async with running(tmp_path / "home") as before:
        case_id = await before.apply(await before.applicant(), "application-form")
    late = SetClock(TERM_ENDS + timedelta(days=9))

    for _ in range(2):
        async with running(tmp_path / "home", late, tick_seconds=0.05) as after:
            await asyncio.to_thread(after.ledger.wait_beyond, before.ledger.head, 5.0)
            told = await events(after, case_id)
            shown = await after.supervisor.get(f"/v1/cases/{case_id}/replay")

    deemed = shown.body["entries"][-1]
    assert told.count("acceptance.deemed.v1") == 1
    assert datetime.fromisoformat(deemed["effective_at"]) == MORNING
    assert datetime.fromisoformat(deemed["recorded_at"]) == late.now


async def test_a_window_that_slept_over_the_term_can_turn_nothing_away(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    service.clock.now = TERM_ENDS

    refused = await service.official("clerk").act(
        case_id, "correction-requests", {"deficiencies": {"form": "It is unsigned."}}
    )

    assert refused.status == 422
    assert "counts as accepted" in refused.body["detail"]


async def test_a_tolerance_lapses_when_what_was_deferred_does_not_come(service):
    case_id = await service.apply(
        await service.applicant(), "application-form", "layout-plan", "premises-proof"
    )
    deferral = {"material": "food-safety-rules", "form": "a PDF", "consequence": "it lapses"}
    accepted = await service.official("clerk").act(
        case_id, "tolerant-acceptances", {"deferred": [deferral]}
    )
    service.clock.now = MORNING + timedelta(days=60)

    await asyncio.to_thread(service.tick)

    assert accepted.status == 200
    assert await status(service, case_id) == "LAPSED"


async def test_a_case_that_cannot_be_decided_does_not_hold_up_the_others(tmp_path, catalogue):
    clock = SetClock(MORNING - timedelta(days=1))
    async with running(tmp_path / "home", clock, items=catalogue) as before:
        own = {"item": OWN, "form": {"a": "b"}}
        stuck = await (await before.applicant()).post("/v1/cases", own)
        clock.now = MORNING
        other = await before.apply(await before.applicant(), "application-form")
    async with running(tmp_path / "home", clock) as after:
        clock.now = TERM_ENDS

        given = await asyncio.to_thread(after.tick)

        assert stuck.status == 201
        assert given == 1
        assert await status(after, stuck.body["case_id"]) == "RECEIVED"
        assert await status(after, other) == "ACCEPTED"


async def test_nobody_gives_the_commands_of_the_clock_over_http(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    service.clock.now = TERM_ENDS
    clock = service.session("clock", channel="system")

    for act in ("deemed-acceptances", "lapses", "recomputed-deadlines", "DeemAccepted"):
        assert (await clock.act(case_id, act)).status == 404
    assert await status(service, case_id) == "RECEIVED"


async def test_a_new_notice_that_moves_nothing_does_not_stop_the_clock(tmp_path):
    clock = SetClock(MORNING)
    async with running(tmp_path / "home", clock) as service:
        case_id = await service.apply(await service.applicant(), "application-form")
    clock.now = TERM_ENDS

    async with running(tmp_path / "home", clock, calendars=_reissued(tmp_path)) as service:
        given = await asyncio.to_thread(service.tick)

        assert given == 1
        assert await status(service, case_id) == "ACCEPTED"


def _reissued(folder):
    """Our own calendar of 2026, as if it had been issued again a day later."""
    published = resources.files("ledger.calendar.years").joinpath("CN-2026.json")
    year = json.loads(published.read_text())
    year["notices"][0]["issued"] = "2025-11-05"
    calendars = folder / "calendars"
    calendars.mkdir()
    (calendars / "CN-2026.json").write_text(json.dumps(year))
    return calendars
