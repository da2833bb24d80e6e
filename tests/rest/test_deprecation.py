"""A route on its way out says so in every answer, and answers as before."""

from datetime import UTC, datetime

import pytest
from aiohttp import web

from rest import deprecated, every_answer


@pytest.fixture
async def client(aiohttp_client):
    @deprecated(
        since=datetime(2026, 1, 1, tzinfo=UTC),
        sunset=datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        told_at="/docs/moved",
    )
    async def old(_request):
        return web.Response(text="as before")

    async def new(_request):
        return web.Response(text="as before")

    app = web.Application()
    app.on_response_prepare.append(every_answer(https=False))
    app.add_routes([web.get("/old", old), web.get("/new", new)])
    return await aiohttp_client(app)


async def test_a_deprecated_route_says_since_when_until_when_and_where_to_read(client):
    answer = await client.get("/old")

    assert await answer.text() == "as before"
    # RFC 9745, 2.1: a date as an item of structured fields; RFC 8594, 3: an HTTP date.
    assert answer.headers["Deprecation"] == "@1767225600"
    assert answer.headers["Sunset"] == "Thu, 31 Dec 2026 23:59:59 GMT"
    assert answer.headers["Link"] == '</docs/moved>; rel="deprecation"'


async def test_other_routes_say_nothing_of_it(client):
    answer = await client.get("/new")

    assert not {"Deprecation", "Sunset", "Link"} & answer.headers.keys()
