"""The wire to a partner region, against partners that misbehave over real HTTP."""

import asyncio

import pytest
from aiohttp import ClientSession, web

from adapters.panprd.client import ASSERTION_TYPE, KEYS_TYPE, LONGEST_ANSWER, PartnerClient
from identity.errors import ProviderUnavailable


@pytest.fixture
async def session():
    async with ClientSession() as session:
        yield session


@pytest.fixture
def partner(aiohttp_server, session):
    """Start a partner that answers as told, and return a client of it."""

    async def start(answer, **options):
        app = web.Application()
        app.router.add_post("/verifications", answer)
        server = await aiohttp_server(app)
        return PartnerClient(str(server.make_url("/")), session, **options)

    return start


async def test_bytes_go_out_and_bytes_come_back(partner):
    async def echo(request):
        assert request.content_type == "application/pprd-idvreq+cwt"
        return web.Response(body=await request.read() + b"!", content_type=ASSERTION_TYPE)

    client = await partner(echo)

    assert await client.verify(b"request") == b"request!"


async def test_the_longest_answer_is_taken_and_no_longer_one(partner):
    async def answer(request):
        length = int(await request.text())
        return web.Response(body=b"x" * length, content_type=ASSERTION_TYPE)

    client = await partner(answer)

    assert len(await client.verify(str(LONGEST_ANSWER).encode())) == LONGEST_ANSWER
    with pytest.raises(ProviderUnavailable, match="length"):
        await client.verify(str(LONGEST_ANSWER + 1).encode())


@pytest.mark.parametrize("status", [204, 302, 400, 409, 500])
async def test_another_status_is_no_answer(partner, status):
    async def answer(request):
        headers = {"Location": "/elsewhere", "Content-Type": ASSERTION_TYPE}
        return web.Response(status=status, headers=headers)

    client = await partner(answer)

    with pytest.raises(ProviderUnavailable, match=str(status)):
        await client.verify(b"request")


async def test_a_page_is_no_answer(partner):
    async def answer(request):
        return web.Response(text="<h1>Welcome</h1>", content_type="text/html")

    client = await partner(answer)

    with pytest.raises(ProviderUnavailable, match="no token"):
        await client.verify(b"request")


async def test_a_partner_that_never_answers_is_unavailable(partner):
    async def answer(request):
        await asyncio.sleep(5)

    client = await partner(answer, seconds=0.1)

    with pytest.raises(ProviderUnavailable):
        await client.verify(b"request")


async def test_a_partner_that_never_stops_answering_is_unavailable(partner):
    async def answer(request):
        response = web.StreamResponse(headers={"Content-Type": ASSERTION_TYPE})
        await response.prepare(request)
        while True:
            await response.write(b"x" * 1024)

    client = await partner(answer)

    with pytest.raises(ProviderUnavailable, match="length"):
        await client.verify(b"request")


async def test_a_partner_that_is_not_there_is_unavailable(unused_tcp_port, session):
    client = PartnerClient(f"http://127.0.0.1:{unused_tcp_port}", session)

    with pytest.raises(ProviderUnavailable, match="reached"):
        await client.verify(b"request")


async def test_keys_are_fetched_from_their_well_known_place(aiohttp_server, session):
    async def keys(request):
        return web.Response(body=b"keys", content_type=KEYS_TYPE)

    app = web.Application()
    app.router.add_get("/.well-known/cose-keys", keys)
    server = await aiohttp_server(app)

    client = PartnerClient(str(server.make_url("/")), session)

    assert await client.keys() == b"keys"
