"""How fresh a view has to be for whoever asks: every read of a view waits here.

A position beyond our log may be one that another server of the same log has
written, so it is waited for like any other.
"""

import asyncio

from aiohttp import web

from ledger.errors import ViewBehind
from ledger.http.keys import AWAITING, FOLLOWER, LEDGER
from ledger.http.parameters import positive, query

PATIENCE = 2.0


async def caught_up(request: web.Request, view: str) -> None:
    """Wait until `view` shows what the caller may already know of.

    That is the `position` in the query, or what the log holds now. Raises
    `ViewBehind` when it does not come; no thread is held meanwhile.
    """
    position = query(request, "position", positive) or request.app[LEDGER].head
    there = request.app[FOLLOWER].reaching(position, view)
    if there.done():
        return
    try:
        await asyncio.wait_for(request.app[AWAITING].result(there), PATIENCE)
    except TimeoutError:
        there.cancel()
        said = f"{view} has not reached position {position} yet; try again"
        raise ViewBehind(said) from None
