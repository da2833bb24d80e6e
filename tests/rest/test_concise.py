"""Problems in CBOR (RFC 9290): who gets them, and that they say the same."""

import pytest
from aiohttp import web

from cose import decode
from rest import CONCISE, BadRequest, problem_middleware

TOLD = bytes.fromhex(
    "a3"
    "191e7fa3"
    "00752f70726f626c656d732f6261642d72657175657374"
    "01190190"
    "656669656c6466242e73697a65"
    "2078185468652072657175657374"
    "20646f6573206e6f7420666974"
    "216c6e6f742061206e756d626572"
)


@pytest.fixture
async def client(aiohttp_client):
    async def fail(_request):
        raise BadRequest("not a number", field="$.size")

    app = web.Application(middlewares=[problem_middleware({})])
    app.router.add_post("/fail", fail)
    return await aiohttp_client(app)


@pytest.mark.parametrize(
    ("accept", "content_type", "in_cbor"),
    [
        ("application/cbor", "application/json", True),
        ("application/pprd-ack+cbor", "application/json", True),
        ("application/concise-problem-details+cbor", "text/plain", True),
        ("application/pprd-idv+cwt, application/json;q=0.5", "text/plain", True),
        ("*/*", "application/pprd-idvreq+cwt", True),
        ("*/*", "application/cbor", True),
        ("application/cbor;q=0, */*", "text/plain", False),
        ("application/cbor;q=0.5, application/problem+json", "application/cbor", False),
        ("application/cbor, application/json", "application/cbor", False),
        ("application/cbor;q=much", "text/plain", False),
        ("application/json", "application/cbor", False),
        ("*/*", "application/json", False),
        ("text/html,*/*;q=0.8", "text/plain", False),
        (",;q=,", "text/plain", False),
    ],
)
async def test_a_problem_comes_in_cbor_to_whoever_speaks_it(
    client, accept, content_type, in_cbor
):
    headers = {"Accept": accept, "Content-Type": content_type}
    async with client.post("/fail", data=b"x", headers=headers) as answer:
        expected = CONCISE if in_cbor else "application/problem+json"
        assert (answer.status, answer.content_type) == (400, expected)
        assert answer.headers["Vary"] == "Accept"


async def test_a_concise_problem_says_what_the_other_says(client):
    headers = {"Accept": "application/cbor"}
    async with client.post("/fail", headers=headers) as answer:
        told = decode(await answer.read())
    async with client.post("/fail") as answer:
        other = await answer.json(content_type=None)

    tunneled = {0: other["type"], 1: other["status"], "field": other["field"]}
    assert told == {-1: other["title"], -2: other["detail"], 7807: tunneled}


async def test_the_bytes_of_a_concise_problem_stay_as_they_are(client):
    async with client.post("/fail", headers={"Accept": "application/cbor"}) as answer:
        assert await answer.read() == TOLD


async def test_what_http_itself_refuses_is_told_in_cbor_too(client):
    async with client.get("/nowhere", headers={"Accept": "application/cbor"}) as answer:
        told = decode(await answer.read())

    assert told == {-1: "Not Found", 7807: {0: "about:blank", 1: 404}}
