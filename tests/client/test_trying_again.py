"""When no answer comes or there is no time, the same is sent again, and nothing else is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from client import Client, Interrupted, Misread, Refused, Wanted
from client.calling import seconds_until
from client.events import follow
from ledger.answers.cases import CommandAnswer, ItemList
from tests.service.running import serving, visiting


@asynccontextmanager
async def counterpart(
    *answers, after: str = "0"
) -> AsyncIterator[tuple[Client, list[web.Request]]]:
    """Serve these answers one after the other; `None` hangs up instead."""
    asked: list[web.Request] = []
    left = iter(answers)

    async def answer(request):
        asked.append(request)
        status, body = next(left, None) or (0, {})
        if not status:
            request.transport.abort()
        problem = "application/problem+json" if status >= 400 else "application/json"
        headers = {"Retry-After": after} if status in (429, 503) else {}
        if isinstance(body, str | bytes):
            content = body.encode() if isinstance(body, str) else body
            return web.Response(body=content, content_type="text/event-stream")
        return web.json_response(body, status=status, content_type=problem, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with serving(app) as url, visiting(url) as http:
        yield Client(http, wanted=Wanted(times=3, new_key=lambda: "a-key")), asked


BUSY = (503, {"type": "/problems/too-busy", "title": "Too busy", "status": 503})
REFUSED = (422, {"type": "/problems/command-rejected", "title": "No", "status": 422})
DONE = (200, {"position": 7})


async def test_a_command_is_sent_again_under_its_key_until_it_is_answered():
    async with counterpart(None, BUSY, DONE) as (client, asked):
        await client.post("/v1/anything", dict, {"a": "b"})

        assert client.position == 7
        assert {request.headers["Idempotency-Key"] for request in asked} == {"a-key"}
        assert len(asked) == 3


ODD = "Sun, 22 Nov 2026 09:00:04 +9999999999999999"


@pytest.mark.parametrize("after", ["Wed, 21 Oct 2015 07:28:00 GMT", "soon", "-1", "nan", ODD])
async def test_however_a_time_to_come_again_is_written_it_is_tried_again(after):
    async with counterpart(BUSY, DONE, after=after) as (client, asked):
        await client.post("/v1/anything", dict)

        assert len(asked) == 2


def test_a_time_to_come_again_may_be_seconds_or_a_date():
    now = "Sun, 22 Nov 2026 09:00:00 GMT"

    assert seconds_until("7", now) == 7
    assert seconds_until("Sun, 22 Nov 2026 09:00:04 GMT", now) == 4
    assert seconds_until("Sun, 22 Nov 2026 08:00:00 GMT", now) == 0
    for neither in ("", "soon", "-7", "Sun, 22 Nov 2026 09:00:04"):
        assert seconds_until(neither, now) == 0
    assert seconds_until("Sun, 22 Nov 2026 09:00:04 GMT", "") == 0


async def test_who_follows_waits_while_there_is_no_time_and_asks_again():
    told = (200, 'id: 7\ndata: {"a": 1}\n\n')
    async with counterpart(BUSY, told) as (client, asked):
        async for each in follow(client, after=3):
            assert (each.id, each.data) == ("7", {"a": 1})
            break

        assert [each.headers["Last-Event-ID"] for each in asked] == ["3", "3"]


@pytest.mark.parametrize("cut", range(1, 9))
async def test_a_stream_that_breaks_off_anywhere_is_taken_up_where_it_was(cut):
    whole = 'retry: 1\n\nid: 7\ndata: "行政"\n\n'.encode()
    async with counterpart((200, whole[:-cut]), (200, whole)) as (client, asked):
        async for each in follow(client, after=3):
            assert (each.id, each.data) == ("7", "行政")
            break

        assert [each.headers["Last-Event-ID"] for each in asked] == ["3", "3"]


@pytest.mark.parametrize("odd", [b"data: {x\n\n", b'data: "\xff"\n\n'])
async def test_an_event_that_is_none_is_said_to_be_misread(odd):
    async with counterpart((200, odd)) as (client, _):
        with pytest.raises(Misread):
            await anext(follow(client))


async def test_a_refusal_that_tells_nothing_is_one_all_the_same():
    async with counterpart((422, ["no"])) as (client, _):
        with pytest.raises(Refused, match="422"):
            await client.get("/v1/items", ItemList)


async def test_who_may_not_follow_is_told():
    async with counterpart(REFUSED) as (client, _):
        with pytest.raises(Refused, match="422 command-rejected"):
            async for _ in follow(client, after=3):
                pass


async def test_what_is_refused_is_not_sent_again():
    async with counterpart(REFUSED, DONE) as (client, asked):
        with pytest.raises(Refused, match="422 command-rejected"):
            await client.post("/v1/anything", dict)

        assert len(asked) == 1


async def test_who_is_busy_too_often_is_told_of_as_they_said():
    async with counterpart(BUSY, BUSY, BUSY, DONE) as (client, asked):
        with pytest.raises(Refused, match="too-busy"):
            await client.get("/v1/items", ItemList)

        assert len(asked) == 3


async def test_who_never_answers_is_given_up_on():
    async with counterpart() as (client, _):
        with pytest.raises(Interrupted):
            await client.get("/v1/items", ItemList)


async def test_an_answer_of_another_type_is_said_to_be_one():
    async with counterpart((200, {"case_id": "no id"})) as (client, _):
        with pytest.raises(Misread, match="case_id"):
            await client.post("/v1/cases", CommandAnswer)


async def test_a_session_is_in_no_repr():
    async with counterpart() as (client, _):
        client.session = "secret-session"

        assert "secret" not in repr(client)


def test_what_is_refused_says_in_one_line_what_and_where_and_why():
    problem = {"type": "/problems/bad-request", "title": "The request does not fit"}

    plain = Refused(400, problem)
    exact = Refused(400, problem | {"field": "item", "detail": "at least one letter"})

    assert str(plain) == "400 bad-request: The request does not fit"
    assert str(exact) == f"{plain}: item: at least one letter"
