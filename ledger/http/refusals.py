"""Tokens of partners that were refused, for supervisors to see."""

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

from aiohttp import web

from ledger.answers.persons import RefusalPage
from ledger.http.freshness import caught_up
from ledger.http.keys import FOLDER
from ledger.http.parameters import known_query, positive
from ledger.http.questions import RefusalsAsked
from ledger.projections.refusal_list import RefusalList
from ledger.projections.view import view_in
from rest import operation, page_size, paged, place

routes = web.RouteTableDef()


@routes.get("/v1/refusals")
@operation(query=RefusalsAsked, answers={200: RefusalPage})
async def show_refusals(request: web.Request) -> web.Response:
    """Show a supervisor whose tokens were refused, when, and at which step."""
    known_query(request, *RefusalsAsked.__annotations__)
    limit = page_size(request)
    which = {
        "issuer": request.query.get("issuer"),
        "after": place(request, positive) or 0,
        "limit": limit,
    }
    await caught_up(request, RefusalList.name)
    rows = await asyncio.to_thread(_rows, request.app[FOLDER], which)
    following = rows[-1]["position"] if len(rows) == limit else None
    shown = {"refusals": rows}
    return paged(request, shown, ended=following, Cache_Control="private, no-store")


def _rows(folder: Path, which: dict[str, Any]) -> list[dict[str, Any]]:
    with closing(view_in(folder, RefusalList.name)) as db:
        return RefusalList.page(db, **which)
