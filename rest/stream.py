"""Sending bytes piece by piece, when their end is not yet known to be good."""

import asyncio
import logging
from collections.abc import Iterator

from aiohttp import web

_log = logging.getLogger("tongban.http")


async def stream(
    request: web.Request, response: web.StreamResponse, pieces: Iterator[bytes]
) -> web.StreamResponse:
    """Send `response` with `pieces` as its body; they are read off the event loop.

    Once the headers are out, a failure can only break the connection off, so
    that nobody takes a part for the whole.
    """
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            await response.write(piece)
        await response.write_eof()
    except ConnectionError:
        pass
    except Exception as error:
        _log.error("an answer was broken off: %s", type(error).__name__)
        if request.transport is not None:
            request.transport.abort()
    return response
