"""The register of transfers: all of it for supervisors, their own for persons."""

import asyncio

from aiohttp import web

from ledger.access import require_person
from ledger.answers.persons import TransferPage
from ledger.http.freshness import caught_up
from ledger.http.keys import TRANSFERS, actor_of
from ledger.http.parameters import known_query, positive
from ledger.http.questions import TransfersAsked
from ledger.projections.transfer_list import TransferList
from ledger.transfers import WhichTransfers
from rest import operation, page_size, paged, place

routes = web.RouteTableDef()


@routes.get("/v1/transfers")
@operation(query=TransfersAsked, answers={200: TransferPage})
async def show_all(request: web.Request) -> web.Response:
    """Show what kinds of data went where, under which contract and why."""
    return await _shown(request, None)


@routes.get("/v1/me/transfers")
@operation(query=TransfersAsked, answers={200: TransferPage})
async def show_own(request: web.Request) -> web.Response:
    """Show a person what of theirs went to another region."""
    actor = actor_of(request)
    require_person(actor)
    return await _shown(request, actor.principal)


async def _shown(request: web.Request, subject: str | None) -> web.Response:
    known_query(request, *TransfersAsked.__annotations__)
    which = WhichTransfers(
        subject=subject,
        recipient=request.query.get("recipient"),
        after=place(request, positive) or 0,
        limit=page_size(request),
    )
    await caught_up(request, TransferList.name)
    rows = await asyncio.to_thread(request.app[TRANSFERS].list, which)
    following = rows[-1]["position"] if len(rows) == which.limit else None
    shown = {"transfers": rows}
    return paged(request, shown, ended=following, Cache_Control="private, no-store")
