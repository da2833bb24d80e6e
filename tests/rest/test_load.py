"""What is too much is refused before any work, and what takes too long is ended."""

import asyncio
import zlib
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from rest import (
    LOAD,
    Load,
    let_stream,
    load_middleware,
    operation,
    problem_middleware,
    stream,
    taken_in,
)

FULL = web.AppKey("full", asyncio.Event)
CLOSED = web.AppKey("closed", asyncio.Event)
FLOOD = 2**26
"""More bytes than wait between two ends of a connection."""


@pytest.fixture
def gate():
    return asyncio.Event()


@pytest.fixture
async def client(aiohttp_client, gate):
    full, closed = asyncio.Event(), asyncio.Event()

    async def wait(request):
        await gate.wait()
        return web.Response(text=(await request.read()).decode())

    async def flow(request):
        def pieces():
            yield b"first"
            yield b"last"

        response = web.StreamResponse()
        await response.prepare(request)
        await gate.wait()
        return await stream(request, response, pieces())

    async def flood(request):
        pieces = (bytes(2**16) for _ in range(FLOOD // 2**16))
        response = await stream(request, web.StreamResponse(), pieces, patience=0.1)
        closed.set()
        return response

    async def quick(_request):
        return web.Response()

    @operation(answers={200: None}, streamed=True)
    async def pieces(request):
        await taken_in(request, request.content.read())
        return web.Response()

    load = Load(most=2, is_full=full.is_set)
    limits = load_middleware(load, body_seconds=0.2, seconds=0.4, always={"/health"})
    app = web.Application(middlewares=[problem_middleware({}), limits])
    app[LOAD], app[FULL], app[CLOSED] = load, full, closed
    app.on_response_prepare.append(let_stream)
    app.add_routes([web.post("/wait", wait), web.get("/wait", wait), web.get("/flow", flow)])
    app.add_routes([web.get("/health", quick), web.get("/quick", quick)])
    app.add_routes([web.post("/pieces", pieces), web.post("/read", quick)])
    app.add_routes([web.get("/flood", flood)])
    return await aiohttp_client(app)


async def until(client, in_flight):
    for _ in range(200):
        if client.app[LOAD].in_flight == in_flight:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(client.app[LOAD].in_flight)


async def test_one_too_many_is_refused_and_what_was_taken_is_answered(client, gate):
    taken = [asyncio.create_task(client.get("/wait")) for _ in range(2)]
    await until(client, 2)

    refused = await client.get("/quick")
    watched = await client.get("/health")
    gate.set()

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert (await refused.json())["type"] == "/problems/too-busy"
    assert watched.status == 200
    assert [each.status for each in await asyncio.gather(*taken)] == [200, 200]
    assert (await client.get("/quick")).status == 200
    assert (client.app[LOAD].in_flight, client.app[LOAD].shed) == (0, 1)


async def test_while_nothing_more_can_be_written_only_changes_are_refused(client, gate):
    gate.set()
    client.app[FULL].set()

    assert (await client.post("/wait")).status == 503
    assert (await client.get("/quick")).status == 200
    client.app[FULL].clear()
    assert (await client.post("/wait")).status == 200


async def test_what_takes_too_long_is_ended_and_says_that_nobody_knows(client):
    ended = await client.get("/wait")

    assert ended.status == 504
    assert (await ended.json())["type"] == "/problems/took-too-long"
    assert client.app[LOAD].in_flight == 0


async def test_a_stream_is_neither_counted_nor_timed_once_it_began(client, gate):
    flowing = await client.get("/flow")
    await until(client, 0)
    await asyncio.sleep(0.5)
    gate.set()

    assert await flowing.text() == "firstlast"


async def test_a_stream_that_nobody_takes_is_broken_off(client, caplog):
    reader, writer = await asyncio.open_connection(client.host, client.port, limit=1024)

    writer.write(b"GET /flood HTTP/1.1\r\nHost: here\r\n\r\n")
    async with asyncio.timeout(5):
        await client.app[CLOSED].wait()

    with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
        await reader.readexactly(FLOOD)
    writer.close()
    assert not caplog.records


async def test_a_body_that_does_not_come_is_not_waited_for(client, gate):
    gate.set()

    async def slowly():
        yield b'{"half":'
        await asyncio.sleep(2)
        yield b"1}"

    json = {"Content-Type": "application/json"}
    refused = await client.post("/wait", data=slowly(), headers=json)

    assert refused.status == 408
    assert (await refused.json())["type"] == "/problems/body-too-slow"
    assert client.app[LOAD].in_flight == 0


@pytest.mark.parametrize("path", ["/read", "/pieces"])
async def test_a_body_that_is_coded_is_refused_before_it_is_read(client, path):
    refused = await client.post(
        path, data=zlib.compress(bytes(2**24)), headers={"Content-Encoding": "deflate"}
    )

    assert (refused.status, refused.headers["Accept-Encoding"]) == (415, "identity")
    assert (await client.post(path, headers={"Content-Encoding": "identity"})).status == 200


@pytest.mark.parametrize("kind", ["application/json", "text/plain", None])
async def test_bodies_that_do_not_come_keep_nobody_else_out(client, gate, kind):
    gate.set()
    async with begun(client, "/wait", kind) as answers:
        assert (await client.get("/quick")).status == 200
        assert client.app[LOAD].in_flight == 0
        assert await answers() == {408}


async def test_nor_do_those_of_a_handler_that_reads_them_itself(client):
    async with begun(client, "/pieces", "text/plain") as answers:
        assert (await client.get("/quick")).status == 200
        assert await answers() == {408}

    assert (await client.post("/pieces", data=b"whole")).status == 200
    assert client.app[LOAD].in_flight == 0


@asynccontextmanager
async def begun(client, path, kind):
    """Begin five requests whose bodies do not come, and yield what they are answered."""
    told = f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n"
    told += f"Content-Type: {kind}\r\n" if kind else ""
    slow = [await asyncio.open_connection(client.host, client.port) for _ in range(5)]
    for _, writer in slow:
        writer.write(f"{told}\r\n1".encode())
    await asyncio.sleep(0.05)

    async def answers():
        return {int((await reader.readline()).split()[1]) for reader, _ in slow}

    yield answers
    for _, writer in slow:
        writer.close()
        await writer.wait_closed()


async def test_a_flood_of_refusals_is_told_of_in_one_line(client, gate, caplog):
    taken = [asyncio.create_task(client.get("/wait")) for _ in range(2)]
    await until(client, 2)

    refused = [(await client.get("/quick")).status for _ in range(20)]
    gate.set()
    await asyncio.gather(*taken)

    assert refused == [503] * 20
    assert [each.message for each in caplog.records if each.name == "tongban.http"] == [
        "more is asked than can be done: refused 1"
    ]
