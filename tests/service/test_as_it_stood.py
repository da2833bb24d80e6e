"""Lists as they stood, for supervisors, and counts of them."""

import asyncio
from datetime import timedelta

import pytest

from tests.service.running import AUTHORITY, ITEM, MORNING


@pytest.fixture
async def life(service):
    """A case of the morning, and another an hour later, when the first was taken back."""
    applicant = await service.applicant()
    first = await service.apply(applicant, "application-form")
    service.clock.now += timedelta(hours=1)
    await applicant.act(first, "withdrawals", {})
    withdrawn = service.ledger.head
    second = await service.apply(applicant, "application-form")
    return applicant, first, second, withdrawn


async def listed(visitor, **asked):
    answer = await visitor.get("/v1/cases", params=asked)
    assert answer.status == 200, answer.body
    return {row["id"]: row["status"] for row in answer.body["cases"]}


async def test_a_supervisor_lists_cases_as_they_stood(service, life):
    _, first, second, withdrawn = life
    supervisor, morning = service.supervisor, MORNING.isoformat()

    assert await listed(supervisor) == {first: "WITHDRAWN", second: "RECEIVED"}
    assert await listed(supervisor, as_of=morning) == {first: "RECEIVED"}
    assert await listed(supervisor, recorded_until=morning) == {first: "RECEIVED"}
    assert await listed(supervisor, until_position=str(withdrawn)) == {first: "WITHDRAWN"}
    assert await listed(supervisor, until_position=str(withdrawn - 1)) == {first: "RECEIVED"}
    assert await listed(supervisor, as_of="2026-01-01") == {}


async def test_cases_are_counted_now_and_as_they_stood(service, life):
    async def counted(visitor, **asked):
        answer = await visitor.get("/v1/cases", params={**asked, "counts": "yes", "limit": "1"})
        assert len(answer.body["cases"]) == 1
        return answer.body["counts"]

    now = await counted(service.supervisor)
    then = await counted(service.supervisor, as_of=MORNING.isoformat())
    own = await counted(life[0])
    narrowed = await counted(service.supervisor, status="RECEIVED")

    assert now == own
    assert now == {
        "cases": 2,
        "register": {},
        "status": {"RECEIVED": 1, "WITHDRAWN": 1},
        "authority": {AUTHORITY: 2},
        "item": {ITEM: 2},
    }
    assert (then["cases"], then["status"]) == (1, {"RECEIVED": 1})
    assert narrowed["cases"] == 1
    nobody = await (await service.applicant()).get("/v1/cases", params={"counts": "yes"})
    assert nobody.body["counts"]["cases"] == 0


async def test_pages_of_a_list_as_it_stood_lead_on(service, life):
    _, first, second, _ = life
    asked = {"until_position": str(service.ledger.head), "limit": "1"}

    page = await service.supervisor.get("/v1/cases", params=asked)
    after = {**asked, "after": page.body["next"]}
    other = await service.supervisor.get("/v1/cases", params=after)

    assert {row["id"] for row in page.body["cases"] + other.body["cases"]} == {first, second}


async def test_what_comes_in_later_counts_in_what_is_asked_again(service, life):
    applicant, first, _, _ = life
    later = (MORNING + timedelta(days=1)).isoformat()
    before = await listed(service.supervisor, as_of=later)

    third = await service.apply(applicant, "application-form")

    assert await listed(service.supervisor, as_of=later) == {**before, third: "RECEIVED"}
    assert first in before


async def test_many_may_ask_at_once(service, life):
    asked = [
        service.supervisor.get("/v1/cases", params={"until_position": str(position)})
        for position in range(1, service.ledger.head + 1)
    ]

    answers = await asyncio.gather(*asked)

    assert {answer.status for answer in answers} == {200}


@pytest.mark.parametrize("name", ["as_of", "recorded_until", "source_recorded_until"])
async def test_only_a_supervisor_asks_how_lists_stood(service, life, name):
    for visitor in (life[0], service.official("clerk")):
        asked = await visitor.get("/v1/cases", params={name: "2026-02-10"})
        until = await visitor.get("/v1/cases", params={"until_position": "1"})
        assert {(a.status, a.problem) for a in (asked, until)} == {(403, "not-allowed")}
