"""Lists page by page: a cursor leads on in its own list, and nowhere else."""

import pytest
from aiohttp import web
from yarl import URL

from rest import page_size, paged, place, problem_middleware


@pytest.fixture
async def client(aiohttp_client):
    async def numbers(request):
        after, limit = place(request, int) or 0, page_size(request)
        rows = list(range(after + 1, 8))[:limit]
        ended = rows[-1] if rows and rows[-1] < 7 else None
        return paged(request, {"rows": rows}, ended=ended)

    app = web.Application(middlewares=[problem_middleware({})])
    app.add_routes([web.get("/numbers", numbers), web.get("/others", numbers)])
    return await aiohttp_client(app)


async def test_links_lead_through_the_whole_list_and_end(client):
    path, found = "/numbers?limit=3&colour=red", []
    while path:
        answer = await client.get(URL(path, encoded=True))
        found += (await answer.json())["rows"]
        link = answer.links.get("next")
        assert (link is None) == ((await answer.json())["next"] is None)
        path = link["url"].raw_path_qs if link else ""

    assert found == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "path", ["/others?limit=3", "/numbers?limit=3&colour=red", "/numbers?limit=3&status="]
)
async def test_a_cursor_of_another_list_is_refused(client, path):
    cursor = (await (await client.get("/numbers?limit=3")).json())["next"]

    refused = await client.get(f"{path}&after={cursor}")

    assert (refused.status, (await refused.json())["field"]) == (400, "?after")


async def test_how_many_are_on_a_page_may_change_on_the_way(client):
    cursor = (await (await client.get("/numbers?limit=3")).json())["next"]

    rest = await client.get(f"/numbers?limit=1&after={cursor}")

    assert (await rest.json())["rows"] == [4]


@pytest.mark.parametrize("limit", ["0", "501", "01", "-1", "1.0", "²", "", "9" * 5000])
async def test_a_page_of_no_such_size_is_refused(client, limit):
    refused = await client.get("/numbers", params={"limit": limit})

    assert (refused.status, (await refused.json())["field"]) == (400, "?limit")


async def test_a_cursor_nobody_gave_out_is_refused(client):
    for text in ("", "3", "AAAAAAAAAAAz", "\x00", "测试", "=" * 9, "A" * 4000, "%2500"):
        refused = await client.get("/numbers", params={"after": text})

        assert (refused.status, (await refused.json())["field"]) == (400, "?after"), text
