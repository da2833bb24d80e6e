"""Holds over HTTP: while one stands, nothing of the person is erased, by anybody."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid5

from aiohttp import web
from msgspec import Struct

from ledger.hold_commands import HoldData, ReleaseHold
from ledger.http.keys import HOLDS, actor_of
from ledger.http.parameters import command_id, known_query
from ledger.http.subjects import subject_of
from ledger.retention_events import DataHeld
from rest import json_body, json_response, operation, path_id

routes = web.RouteTableDef()

_HELD = UUID("d2a1f7a0-0c0e-4a57-8c1f-5f3f0b7a6f02")


class ShownHolds(Struct):
    """The holds on a person's data that stand."""

    holds: Sequence[DataHeld]


@routes.get("/v1/subjects/{subject}/holds")
@operation(answers={200: ShownHolds})
async def list_holds(request: web.Request) -> web.Response:
    """Show what holds a person's data."""
    known_query(request)
    found = await asyncio.to_thread(request.app[HOLDS].of, subject_of(request))
    return json_response(ShownHolds(found))


@routes.post("/v1/subjects/{subject}/holds")
@operation(body=HoldData, given=("subject", "hold"), answers={201: ShownHolds})
async def hold(request: web.Request) -> web.Response:
    """Hold a person's data, until a day or until it is released."""
    actor, subject = actor_of(request), subject_of(request)
    id = uuid5(_HELD, command_id(request, actor).hex)
    command = await json_body(request, HoldData, subject=subject, hold=id)
    await asyncio.to_thread(request.app[HOLDS].give, command, actor)
    found = await asyncio.to_thread(request.app[HOLDS].of, subject)
    return json_response(ShownHolds(found), status=201)


@routes.delete("/v1/subjects/{subject}/holds/{id}")
@operation(answers={200: ShownHolds})
async def release(request: web.Request) -> web.Response:
    """Hold them no more for this reason."""
    actor, subject = actor_of(request), subject_of(request)
    command = ReleaseHold(subject=subject, hold=path_id(request, "id", "a hold"))
    await asyncio.to_thread(request.app[HOLDS].give, command, actor)
    found = await asyncio.to_thread(request.app[HOLDS].of, subject)
    return json_response(ShownHolds(found))
