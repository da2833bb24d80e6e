"""Server-sent events: an answer that goes on (WHATWG HTML, 9.2).

Every event carries the position it was recorded at as its `id`, and so does every
heartbeat: whoever is cut off comes back with `Last-Event-ID` and has missed nothing. A
reader that takes nothing for a while is cut off, as a stream holds memory.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec
from aiohttp import web

from ledger.errors import LedgerError
from rest import TooManyRequests, asks_for

EVENT_STREAM = "text/event-stream"

_log = logging.getLogger("tongban.feeds")


@dataclass(slots=True, kw_only=True)
class Streams:
    """The streams of one server, and what bounds them, in seconds and numbers."""

    heartbeat: float = 15.0
    patience: float = 30.0
    retry: float = 2.0
    most_each: int = 8
    most: int = 2_000
    open: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def one_of(self, caller: str) -> Iterator[None]:
        """Hold a stream of `caller`, or raise `TooManyRequests`."""
        if self.open[caller] >= self.most_each or self.open.total() >= self.most:
            raise TooManyRequests(int(self.heartbeat))
        self.open[caller] += 1
        try:
            yield
        finally:
            self.open[caller] -= 1
            if not self.open[caller]:
                del self.open[caller]


STREAMS = web.AppKey("streams", Streams)


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be sent next, and the position that it brings its reader to."""

    events: list[tuple[int, object]]
    position: int


async def send(
    request: web.Request,
    told: AsyncIterator[Told],
    *,
    start: int,
    holds: Callable[[], Awaitable[bool]],
) -> web.StreamResponse:
    """Send what is `told` beyond `start` while the session `holds` and somebody listens."""
    streams = request.app[STREAMS]
    response = web.StreamResponse(headers={"Cache-Control": "no-store"})
    response.content_type = EVENT_STREAM
    response.headers["X-Accel-Buffering"] = "no"
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    loop = asyncio.get_running_loop()
    try:
        # Also who is told nothing at all knows from where to go on.
        await response.write(b"retry: %d\nid: %d\n\n" % (streams.retry * 1000, start))
        spoke = loop.time()
        async for each in told:
            # Whoever went away is noticed by no write while there is nothing to tell.
            if request.transport is None or not await holds():
                break
            if not (each.events or loop.time() >= spoke + streams.heartbeat):
                continue
            frames = b"".join(_frame(*event) for event in each.events)
            async with asyncio.timeout(streams.patience):
                await response.write(frames + b"id: %d\n\n" % each.position)
            spoke = loop.time()
        await response.write_eof()
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
    except ConnectionError:
        pass
    except LedgerError as error:
        # They come back with the last `id` they had.
        _log.error("a stream was broken off: %s", type(error).__name__)
    return response


def wants_stream(request: web.Request) -> bool:
    """Tell whether the caller asks for a stream rather than for what is there now."""
    return asks_for(request, EVENT_STREAM)


def _frame(position: int, event: object) -> bytes:
    # JSON of msgspec has no line ends, so that it is one `data` line.
    return b"id: %d\ndata: %b\n\n" % (position, msgspec.json.encode(event))
