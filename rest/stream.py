"""Sending bytes piece by piece, when their end is not yet known to be good."""

import asyncio
import logging
from collections.abc import Awaitable, Iterator

from aiohttp import web

_log = logging.getLogger("tongban.http")


async def stream(
    request: web.Request,
    response: web.StreamResponse,
    pieces: Iterator[bytes],
    *,
    patience: float = 30.0,
) -> web.StreamResponse:
    """Send `response` with `pieces` as its body; they are read off the event loop.

    Once the headers are out, a failure can only break the connection off, so
    that nobody takes a part for the whole. So does whoever takes nothing for `patience`
    seconds: what waits to be sent is held in memory.
    """
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            await _taken(request, response.write(piece), patience)
        await _taken(request, response.write_eof(), patience)
    except ConnectionError:
        pass
    except Exception as error:
        _log.error("an answer was broken off: %s", type(error).__name__)
        if request.transport is not None:
            request.transport.abort()
    return response


async def _taken(request: web.Request, sending: Awaitable[None], patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            await sending
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("nobody takes it") from None
