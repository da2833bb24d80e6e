"""When no answer comes or there is no time, the same is sent again, and nothing else is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from client import Client, Interrupted, Misread, Refused, Wanted
from ledger.answers.cases import CommandAnswer, ItemList
from tests.service.running import serving, visiting


@asynccontextmanager
async def counterpart(*answers) -> AsyncIterator[tuple[Client, list[web.Request]]]:
    """Serve these answers one after the other; `None` hangs up instead."""
    asked: list[web.Request] = []
    left = iter(answers)

    async def answer(request):
        asked.append(request)
        status, body = next(left, None) or (0, {})
        if not status:
            request.transport.abort()
        problem = "application/problem+json" if status >= 400 else "application/json"
        headers = {"Retry-After": "0"} if status in (429, 503) else {}
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
