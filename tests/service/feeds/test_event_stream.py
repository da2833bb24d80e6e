"""A stream that nobody reads is cut off, and what it did not tell is told the next time."""

import asyncio
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web

from service.feeds.event_stream import STREAMS, Streams, Told, send
from tests.service.feeds.listening import Listener
from tests.service.running import serving

MUCH = "x" * 200_000


@asynccontextmanager
async def streaming(ended, most=60, quiet=False, **options):
    """A server that tells `most` large events, from `Last-Event-ID` on, or of nothing."""

    async def told(last):
        for position in range(last + 1, most + 1):
            yield Told([(position, [position, MUCH])], position)
        while quiet:
            await asyncio.sleep(0.05)
            yield Told([], most)

    async def holds():
        return True

    async def handler(request):
        try:
            last = int(request.headers.get("Last-Event-ID", "0"))
            return await send(request, told(last), start=last, holds=holds)
        finally:
            ended.set()

    app = web.Application()
    app[STREAMS] = Streams(**options)
    app.router.add_get("/", handler)
    async with serving(app) as url, ClientSession(url) as http:
        yield http


async def test_a_reader_that_takes_nothing_is_cut_off_and_loses_nothing():
    ended = asyncio.Event()
    async with streaming(ended, patience=0.3) as http:
        heard, last = [], "0"
        async with http.get("/") as response:
            listener = Listener(response)
            heard.append((await listener.event())[0])
            last = listener.last
            # Nothing is read any more, and the sockets' buffers are soon full.
            await asyncio.wait_for(ended.wait(), 10)

        while heard[-1] < 60:
            async with http.get("/", headers={"Last-Event-ID": last}) as response:
                listener = Listener(response)
                heard.append((await listener.event())[0])
                last = listener.last

    assert heard == list(range(1, 61))


async def test_a_reader_that_reads_is_told_everything_in_one_stream():
    ended = asyncio.Event()
    async with streaming(ended, most=5, patience=5) as http, http.get("/") as response:
        events = await Listener(response).events(5)

        assert [number for number, _ in events] == [1, 2, 3, 4, 5]


async def test_a_reader_that_went_away_holds_no_place_until_something_is_to_be_told():
    ended = asyncio.Event()
    async with streaming(ended, most=0, quiet=True, heartbeat=60) as http:
        async with http.get("/") as response:
            await Listener(response).block()

        await asyncio.wait_for(ended.wait(), 10)
