"""Errors as problem documents: what the caller is told, and what only our log is."""

import logging

import pytest
from aiohttp import web

from rest import (
    BadRequest,
    Forbidden,
    Problem,
    Unauthenticated,
    expect_type,
    problem_middleware,
)
from rest.explain import problem_routes


class Refused(Exception):
    pass


class RefusedMore(Refused):
    pass


class Secret(Exception):
    pass


class Busy(Exception):
    pass


class BusyForLong(Busy):
    retry_after = 3600


TABLE = {
    Refused: Problem(status=422, title="Refused", advice="Ask for less."),
    Secret: Problem(status=500, title="We failed", advice="Wait.", quiet=True),
    Busy: Problem(status=503, title="Busy", advice="Wait.", retry_after=7),
}
ERRORS = {
    "refused": Refused("too much"),
    "more": RefusedMore("far too much"),
    "secret": Secret("CHAN Tai Man"),
    "busy": Busy("a moment"),
    "busy-for-long": BusyForLong("an hour"),
    "bad": BadRequest("not a number", field="$.size"),
    "nobody": Unauthenticated("send a session"),
    "forbidden": Forbidden("for clerks"),
    "bug": KeyError("CHAN Tai Man"),
    "mute": Refused(),
    "found": web.HTTPSeeOther("/elsewhere"),
    "media": web.HTTPUnsupportedMediaType(),
}


@pytest.fixture
async def client(aiohttp_client):
    async def fail(request):
        if request.match_info["name"] == "typed":
            expect_type(request, "application/cwt")
        raise ERRORS[request.match_info["name"]]

    app = web.Application(middlewares=[problem_middleware(TABLE)])
    app.router.add_get("/fail/{name}", fail)
    app.add_routes(problem_routes(TABLE))
    return await aiohttp_client(app)


async def failed(client, name):
    async with client.get(f"/fail/{name}", allow_redirects=False) as response:
        assert response.content_type == "application/problem+json"
        body = await response.json(content_type=None)
        assert body["status"] == response.status
        return body, response.headers


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("refused", ("/problems/refused", "Refused", 422, "too much", None)),
        ("more", ("/problems/refused", "Refused", 422, "far too much", None)),
        ("mute", ("/problems/refused", "Refused", 422, None, None)),
        ("secret", ("/problems/secret", "We failed", 500, None, None)),
        ("busy", ("/problems/busy", "Busy", 503, "a moment", None)),
        ("bad", ("/problems/bad-request", ..., 400, "not a number", "$.size")),
        ("nobody", ("/problems/unauthenticated", ..., 401, "send a session", None)),
        ("forbidden", ("/problems/forbidden", ..., 403, "for clerks", None)),
        ("bug", ("about:blank", "Internal Server Error", 500, None, None)),
        ("media", ("about:blank", "Unsupported Media Type", 415, None, None)),
    ],
)
async def test_an_error_is_told_as_its_table_says(client, name, told):
    body, headers = await failed(client, name)

    kind, title, status, detail, field = told
    assert (body["type"], body["status"]) == (kind, status)
    assert title in (..., body["title"])
    assert (body.get("detail"), body.get("field")) == (detail, field)
    assert headers["Cache-Control"] == "no-store"


async def test_a_body_of_another_type_is_told_which_it_has_to_be(client):
    body, headers = await failed(client, "typed")

    assert (body["status"], body["detail"]) == (415, "send it as application/cwt")
    assert headers["Accept"] == "application/cwt"


async def test_whoever_is_not_known_is_told_how_to_be(client):
    _, headers = await failed(client, "nobody")

    assert headers["WWW-Authenticate"] == "Bearer"


async def test_what_passes_by_itself_says_when_to_try_again(client):
    _, headers = await failed(client, "busy")

    assert headers["Retry-After"] == "7"


async def test_an_error_that_knows_better_says_itself_when_to_try_again(client):
    _, headers = await failed(client, "busy-for-long")

    assert headers["Retry-After"] == "3600"


@pytest.mark.parametrize(("name", "kind"), [("bug", "KeyError"), ("secret", "Secret")])
async def test_our_log_is_told_the_kind_of_a_failure_and_not_its_content(
    client, caplog, name, kind
):
    with caplog.at_level(logging.DEBUG):
        await failed(client, name)

    assert kind in caplog.text
    assert "CHAN" not in caplog.text


async def test_a_redirect_is_not_a_problem(client):
    async with client.get("/fail/found", allow_redirects=False) as response:
        assert response.status == 303
        assert response.headers["Location"] == "/elsewhere"


async def test_a_path_or_method_that_is_not_there_is_a_problem_too(client):
    async with client.get("/nowhere") as missing, client.put("/fail/bug") as method:
        assert (await missing.json(content_type=None))["title"] == "Not Found"
        assert (await method.json(content_type=None))["title"] == "Method Not Allowed"
        assert set(method.headers["Allow"].split(",")) == {"GET", "HEAD"}


@pytest.mark.parametrize("name", ["refused", "busy", "bad", "nobody", "forbidden"])
async def test_the_type_of_a_problem_leads_to_what_to_do_about_it(client, name):
    body, _ = await failed(client, name)

    async with client.get(body["type"]) as page:
        text = await page.text()

    assert page.status == 200
    assert text.startswith(f"{body['title']} ({body['status']})\n\n")
    assert len(text.splitlines()) == 3


async def test_a_problem_nobody_has_leads_nowhere(client):
    async with client.get("/problems/never") as page:
        assert page.status == 404
