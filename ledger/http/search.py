"""Finding and counting cases by their words, each caller among those within reach."""

import asyncio
from typing import Any

from aiohttp import web

from ledger.access import reach_of
from ledger.answers.cases import FoundPage
from ledger.http.freshness import caught_up
from ledger.http.keys import LEDGER, SEARCHING, actor_of
from ledger.http.parameters import known_query, moment, query, until, yes
from ledger.http.questions import Searched
from ledger.http.shown import show_counts
from ledger.projections.search import Search
from ledger.searching import Order, Place, Question, words
from rest import operation, page_size, paged, place

_NAMED = ("register", "status", "authority", "item", "subject")
_FROM = ("opened_from", "changed_from")
_UNTIL = ("opened_until", "changed_until")

routes = web.RouteTableDef()


@routes.get("/v1/search")
@operation(query=Searched, answers={200: FoundPage})
async def search(request: web.Request) -> web.Response:
    """Find cases by words in any of our scripts; `next` leads on, `counts` counts them all."""
    reach = reach_of(actor_of(request))
    known_query(request, *Searched.__annotations__)
    question = _question(request)
    await caught_up(request, Search.name)
    searching = request.app[SEARCHING]
    found = await asyncio.to_thread(searching.find, question, reach)
    shown: dict[str, Any] = {"cases": found.cases}
    if found.ranked is not None:
        shown["ranked"] = found.ranked
    if query(request, "counts", yes):
        counts = await asyncio.to_thread(searching.count, question, reach)
        shown["counts"] = show_counts(counts) | ({"more": True} if counts.more else {})
    return paged(request, shown, ended=found.next, Cache_Control="private, no-cache")


def _question(request: web.Request) -> Question:
    named: dict[str, Any] = {name: request.query.get(name) for name in _NAMED}
    times: dict[str, Any] = {name: query(request, name, moment) for name in _FROM}
    times |= {name: query(request, name, until) for name in _UNTIL}
    overdue = query(request, "overdue", yes)
    return Question(
        words=query(request, "q", words, "a few words to look for"),
        overdue_at=request.app[LEDGER].now() if overdue else None,
        order=query(request, "order", Order, "`changed` or `rank`") or Order.CHANGED,
        after=place(request, Place.of),
        limit=page_size(request),
        **named,
        **times,
    )
