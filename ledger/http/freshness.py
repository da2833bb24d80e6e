"""How fresh a view has to be for whoever asks: every read of a view waits here.

A position beyond our log may be one that another server of the same log has
written, so it is waited for like any other.
"""

import asyncio
from time import perf_counter

from aiohttp import web

from ledger.errors import ViewBehind
from ledger.http.keys import AWAITING, FOLLOWER, LEDGER, WAITED
from ledger.http.parameters import positive, query
from rest import preferred_wait

PATIENCE = 2.0


async def caught_up(request: web.Request, view: str, *, everywhere: bool = False) -> None:
    """Wait until `view` shows what the caller may already know of.

    That is the `position` in the query, or what the log holds now: with
    `everywhere`, also by other servers that we did not hear from yet. Raises
    `ViewBehind` when it does not come in two seconds, or in as many as the caller
    would rather wait (RFC 7240, 4.3); no thread is held meanwhile.
    """
    preferred = preferred_wait(request)
    patience = PATIENCE if preferred is None else preferred
    ledger = request.app[LEDGER]
    position = query(request, "position", positive) or ledger.head
    if everywhere:
        newest = await asyncio.to_thread(ledger.recorder.max_notification_id)
        position = max(position, newest or 0)
    there = request.app[FOLLOWER].reaching(position, view)
    if there.done():
        return
    began = perf_counter()
    try:
        await asyncio.wait_for(request.app[AWAITING].result(there), patience)
    except TimeoutError:
        there.cancel()
        said = f"{view} has not reached position {position} yet; try again"
        raise ViewBehind(said) from None
    finally:
        request.app[WAITED](view, perf_counter() - began)
