"""The feed of cases: all that one may see, once and in order, and nothing else."""

import asyncio
import contextlib
from time import monotonic
from typing import Any

import pytest

from service.feeds.event_stream import STREAMS
from tests.ledger.ledgers import SetClock
from tests.service.feeds.listening import listening
from tests.service.pairs import two_servers
from tests.service.running import ELSEWHERE, FORM, ITEM, MORNING, running, visiting
from tests.service.visitor import Visitor

STREAM = {"Accept": "text/event-stream"}


async def pages(who, **query):
    """Everything the feed has for `who`, page by page."""
    events: list[Any] = []
    after: int | None = 0
    while after is not None:
        page = await who.get("/v1/feed", params={**query, "after": after, "limit": "3"})
        assert page.status == 200, page.body
        events += page.body["events"]
        after = page.body["next"]
    return events


def positions(events):
    return [event["position"] for event in events]


async def test_everyone_is_told_of_exactly_the_cases_they_may_read(service):
    one, other = await service.applicant(), await service.applicant()
    cases = [await service.apply(each, "application-form") for each in (one, other, one)]
    everyone = {
        "one": one,
        "other": other,
        "clerk": service.official("clerk"),
        "elsewhere": service.official("clerk", authority=ELSEWHERE),
        "supervisor": service.supervisor,
    }

    told = {name: await pages(who) for name, who in everyone.items()}

    for name, who in everyone.items():
        expected = []
        for case in cases:
            replayed = await who.get(f"/v1/cases/{case}/replay")
            if replayed.status == 200:
                expected += positions(replayed.body["entries"])
        assert positions(told[name]) == sorted(expected), name
    assert told["elsewhere"] == []
    assert len(told["one"]) == 4
    assert len(told["supervisor"]) == 6


async def test_nobody_is_told_what_is_personal(service):
    applicant = await service.applicant()
    await service.apply(applicant, "application-form")

    events = await pages(applicant)

    received = next(each for each in events if each["event"] == "application.received.v1")
    assert received["fields"]["form"] == "sealed"
    assert not any(value in str(events) for value in FORM.values())


async def test_what_is_recorded_is_told_as_it_happens(service):
    applicant = await service.applicant()

    async with listening(applicant) as listener:
        case_id = await service.apply(applicant)
        events = await listener.events(2)

    assert [each["case_id"] for each in events] == [case_id] * 2
    assert [each["event"] for each in events] == [
        "applicant.verified.v1",
        "application.received.v1",
    ]
    assert listener.ids == [str(each) for each in positions(events)]


async def test_who_comes_back_gets_the_rest_without_gaps_or_doubles(service):
    applicant = await service.applicant()
    async with listening(applicant) as listener:
        await service.apply(applicant)
        heard = [await listener.event()]
    for _ in range(3):
        await service.apply(applicant)

    while len(heard) < 8:
        async with listening(applicant, last=listener.last) as listener:
            heard += await listener.events(min(2, 8 - len(heard)))

    assert positions(heard) == positions(await pages(applicant))


async def test_a_stream_goes_on_after_a_restart_where_it_was_cut(tmp_path):
    async with running(tmp_path / "home") as service:
        applicant = await service.applicant()
        async with listening(service.supervisor) as listener:
            await service.apply(applicant)
            first = await listener.event()
    async with running(tmp_path / "home") as service:
        async with listening(service.supervisor, last=listener.last) as again:
            second = await again.event()
        everything = await pages(service.supervisor)

    assert positions([first, second]) == positions(everything)


async def test_a_quiet_stream_tells_how_far_it_came(service):
    service.app[STREAMS].heartbeat = 0.05
    stranger = await service.applicant()

    async with listening(stranger) as listener:
        await service.apply(await service.applicant())
        for _ in range(100):
            if int(listener.last) == service.ledger.head:
                break
            assert "data" not in await listener.block()

    assert int(listener.last) == service.ledger.head


async def test_a_feed_is_narrowed_by_case_item_and_kind(service):
    applicant = await service.applicant()
    first, second = await service.apply(applicant), await service.apply(applicant)

    of_one = await pages(applicant, case=second)
    of_kind = await pages(applicant, kind="application.received.v1,case.closed.v1")
    of_item = await pages(applicant, item="gd.something-else")
    of_both = await pages(applicant, item=ITEM, case=f"{first},{second}")

    assert {each["case_id"] for each in of_one} == {second}
    assert [each["case_id"] for each in of_kind] == [first, second]
    assert of_item == []
    assert len(of_both) == 4


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    "query", ["kind=case.opened", "case=1", "item=", "after=-1", "after=1e3", "colour=red"]
)
async def test_a_feed_that_is_asked_amiss_is_refused(shared, query):
    answer = await shared.supervisor.get(f"/v1/feed?{query}", headers=STREAM)

    assert (answer.status, answer.problem) == (400, "bad-request")


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("last", ["", "x", "-1", "1\t2", "9" * 30])
async def test_a_last_event_that_no_stream_had_is_refused(shared, last):
    answer = await shared.supervisor.get("/v1/feed", headers=STREAM | {"Last-Event-ID": last})

    assert (answer.status, answer.body["field"]) == (400, "Last-Event-ID")


@pytest.mark.parametrize("path", ["/v1/feed", "/v1/alerts"])
@pytest.mark.parametrize("accept", [STREAM, {}])
async def test_who_knows_of_more_than_the_log_has_is_told_to_begin_anew(service, path, accept):
    ahead = service.ledger.head + 1

    asked = await service.supervisor.get(path, params={"after": str(ahead)}, headers=accept)
    again = await service.supervisor.get(path, headers=accept | {"Last-Event-ID": str(ahead)})

    for answer in (asked, again):
        assert (answer.status, answer.problem) == (400, "ahead-of-log")


async def test_a_position_that_another_server_wrote_is_taken_before_we_hear_of_it(
    tmp_path, postgres_database, postgres_server
):
    async with two_servers(tmp_path, postgres_database, postgres_server) as (one, two):
        applicant = await one.applicant()
        elsewhere = Visitor(two.http, applicant.session)
        for _ in range(3):
            await one.apply(applicant)
            # Who is told of it there may have been cut off, and come here.
            async with listening(elsewhere, last=str(one.ledger.head)) as listener:
                case_id = await one.apply(applicant)
                event = await listener.event()

            assert (event["case_id"], event["event"]) == (case_id, "applicant.verified.v1")


async def test_a_session_that_is_left_ends_its_stream(service):
    applicant = await service.applicant()

    async with listening(applicant) as listener:
        assert (await applicant.call("DELETE", "/v1/session")).status == 204

        assert await listener.is_over()


async def test_a_session_that_runs_out_ends_its_stream(tmp_path):
    clock = SetClock(MORNING)
    async with (
        running(tmp_path / "home", clock) as service,
        listening(service.supervisor) as listener,
    ):
        clock.now = clock.now.replace(hour=clock.now.hour + 2)

        assert await listener.is_over()


async def test_one_caller_holds_so_many_streams_and_no_more(service):
    service.app[STREAMS].most_each = 2
    applicant = await service.applicant()

    async with listening(applicant), listening(applicant):
        third = await applicant.get("/v1/feed", headers=STREAM)
        async with listening(service.supervisor):
            pass
    await asyncio.sleep(0)

    assert (third.status, third.problem) == (429, "too-many-requests")
    assert third.headers["Retry-After"] == "15"


async def test_a_service_that_stops_lets_its_streams_go_at_once(tmp_path):
    async with contextlib.AsyncExitStack() as stack:
        service = await stack.enter_async_context(running(tmp_path / "home"))
        async with visiting(service.url) as http:
            elsewhere = Visitor(http, service.supervisor.session)
            async with listening(elsewhere) as listener:
                began = monotonic()
                stopping = asyncio.create_task(stack.aclose())

                assert await listener.is_over()
            await stopping

    assert monotonic() - began < 5
