"""A material on its way: it may be slow, and may not stand still for ever."""

import asyncio

import pytest
from aiohttp import ClientSession, web

from adapters.panprd.courier import Courier
from identity.errors import ProviderUnavailable
from tests.service.running import serving

PIECE = bytes(65_536)
SECONDS = 0.1
"""It may stand still for three times as long."""


@pytest.fixture
async def session():
    async with ClientSession() as session:
        yield session


async def test_a_region_that_takes_nothing_more_of_a_material_is_unavailable(
    session, unused_tcp_port
):
    over = asyncio.Event()

    async def begin_and_stop(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await over.wait()
        writer.close()

    async def more_than_any_buffer_holds():
        for _ in range(1_000):
            yield PIECE

    server = await asyncio.start_server(begin_and_stop, "127.0.0.1", unused_tcp_port)
    async with server, asyncio.timeout(10):
        courier = Courier(f"http://127.0.0.1:{unused_tcp_port}", session, seconds=SECONDS)
        with pytest.raises(ProviderUnavailable):
            await courier.send_material(b"m" * 32, "ab" * 32, more_than_any_buffer_holds())
        over.set()


async def test_a_material_that_moves_takes_as_long_as_it_takes(session):
    received = bytearray()

    async def take(request):
        received.extend(await request.read())
        return web.Response(status=204)

    async def slowly():
        for _ in range(6):
            await asyncio.sleep(SECONDS)
            yield PIECE

    app = web.Application(client_max_size=len(PIECE) * 10)
    app.router.add_put("/{path:.*}", take)
    async with serving(app) as url:
        courier = Courier(url, session, seconds=SECONDS)
        await courier.send_material(b"m" * 32, "ab" * 32, slowly())

    assert received == PIECE * 6
