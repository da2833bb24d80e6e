"""The whole log for supervisors: searched by kind, actor and time, page by page."""

import csv
import io
from datetime import timedelta

import pytest

from ledger.searching import entries as searching
from ledger.searching.entries import Wanted, find_entries
from tests.service.running import AUTHORITY, FORM, ITEM, MORNING

RULES = "food-safety-rules"


@pytest.fixture
async def life(service):
    """A case of the morning that a clerk accepted an hour later."""
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form", "layout-plan", RULES)
    service.clock.now += timedelta(hours=1)
    accepted = await service.official("clerk", "clerk-7").act(case_id, "acceptances", {})
    assert accepted.status == 200, accepted.body
    return case_id


async def found(service, **asked):
    answer = await service.supervisor.get("/v1/entries", params=asked)
    assert answer.status == 200, answer.body
    return answer.body["entries"]


async def test_entries_are_found_by_kind_actor_record_and_time_sealed(service, life):
    async def events(**asked):
        return [each["event"] for each in await found(service, **asked)]

    accepted = ["application.accepted.v1"]
    later = (MORNING + timedelta(minutes=1)).isoformat()
    assert await events(event=accepted[0]) == accepted
    assert await events(actor="clerk-7") == accepted
    assert await events(role="clerk", authority=AUTHORITY, item=ITEM) == accepted
    assert await events(recorded_from=later) == accepted
    assert await events(effective_from=later) == accepted
    assert accepted[0] not in await events(recorded_until=later)
    assert await events(stream=life) == [
        "applicant.verified.v1", "application.received.v1", *accepted
    ]  # fmt: skip
    assert "log.began.v1" in await events(until_position="3")
    assert await events(from_position=str(service.ledger.head)) == accepted
    answer = await service.supervisor.get("/v1/entries", params={"limit": "500"})

    assert len(answer.body["entries"]) == service.ledger.head
    assert "sealed" in answer.content.decode()
    for personal in FORM.values():
        assert personal not in answer.content.decode()


async def test_pages_lead_through_the_whole_log_once_as_a_table_too(service, life):
    positions, path = [], "/v1/entries?limit=4"
    while path:
        page = await service.supervisor.get(path)
        positions += [each["position"] for each in page.body["entries"]]
        link = page.headers.get("Link", "")
        path = link.partition("<")[2].partition(">")[0]

    assert positions == [*range(1, service.ledger.head + 1)]
    head, wanted = service.ledger.head, Wanted(event="nothing.like_it.v1")

    assert find_entries(service.ledger, wanted, after=0, limit=9).next is None
    assert head < searching.LOOKED_AT
    ranged = Wanted(from_position=2, until_position=3)
    assert [
        e.position for e in find_entries(service.ledger, ranged, after=0, limit=9).entries
    ] == [2, 3]
    assert find_entries(service.ledger, ranged, after=0, limit=1).next == 2
    shown = await found(service, limit="5")

    answer = await service.supervisor.get("/v1/entries?limit=5&format=csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "format=csv" in answer.headers["Link"]
    assert [row["position"] for row in rows] == [str(each["position"]) for each in shown]


async def test_they_are_for_supervisors(service, life):
    for who in (
        await service.applicant(),
        service.official("clerk"),
        service.session("operator"),
    ):
        assert (await who.get("/v1/entries")).status == 403
    for asked in ("?stream=1", "?format=xml", "?event_=x", "?from_position=0"):
        assert (await service.supervisor.get(f"/v1/entries{asked}")).status == 400


@pytest.mark.asyncio(loop_scope="session")
async def test_an_event_that_there_is_not_is_named_and_finds_nothing_silently_nowhere(shared):
    staff = shared.supervisor
    asked = await staff.get("/v1/entries", params={"event": "bogus"})
    subscribed = await staff.post(
        "/v1/subscriptions",
        {"endpoint": "https://a.example/", "kinds": ["case.granted.v1", "bogus"]},
    )

    assert (asked.status, asked.body["field"]) == (400, "?event")
    assert "'bogus' does not fit: an event such as case.granted.v1" in asked.body["detail"]
    assert (subscribed.status, subscribed.body["field"]) == (400, "kinds")
    assert "there is no event 'bogus'" in subscribed.body["detail"]
