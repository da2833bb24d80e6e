"""Who may act for an enterprise, as those see it who may take it back.

Each sees their own mandates, and the legal representative, in a session that acts
for the enterprise, all of it. A number is told only where a case is decided.
"""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from ledger.answers.persons import Mandates
from ledger.errors import NotAllowed
from ledger.holding import streams_of
from ledger.http.freshness import caught_up
from ledger.http.keys import FOLDER, LEDGER, MANDATES, actor_of
from ledger.http.parameters import known_query
from ledger.http.questions import Fresh
from ledger.mandate import Held
from ledger.projections.holdings import Holdings
from rest import json_response, operation, path_id

routes = web.RouteTableDef()


@routes.get("/v1/mandates")
@operation(query=Fresh, answers={200: Mandates})
async def show(request: web.Request) -> web.Response:
    """Show the mandates that whoever asks may withdraw, those that are over too."""
    known_query(request, *Fresh.__annotations__)
    found = await _withdrawable(request)
    now = request.app[LEDGER].now()
    shown = [_told(each) | {"counts": each.counts(now)} for each in found]
    return json_response({"mandates": shown}, Cache_Control="private, no-store")


@routes.delete("/v1/mandates/{id}")
@operation(query=Fresh, answers={204: None})
async def withdraw(request: web.Request) -> web.Response:
    """Take a mandate back; what was done under it stays as it is."""
    known_query(request, *Fresh.__annotations__)
    id = path_id(request, "id", "a mandate")
    held = next((each for each in await _withdrawable(request) if each.id == id), None)
    if held is None:
        raise NotAllowed("you have no such mandate to withdraw; `GET /v1/mandates` lists them")
    await asyncio.to_thread(request.app[MANDATES].withdraw, held, actor_of(request))
    return web.Response(status=204)


async def _withdrawable(request: web.Request) -> list[Held]:
    actor_of(request)
    await caught_up(request, Holdings.name)
    return await asyncio.to_thread(_found, request)


def _found(request: web.Request) -> list[Held]:
    app, actor = request.app, actor_of(request)
    streams = {
        stream
        for subject in (actor.id, actor.principal)
        for stream in streams_of(app[FOLDER], subject)
    }
    found = app[MANDATES].withdrawable(actor, streams)
    return sorted(found, key=lambda each: (each.confirmed_at, each.id))


def _told(held: Held) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(held)
    del shown["number"], shown["verification"]
    return shown
