"""Materials of cases across regions: added by who was asked, and seen by whom it concerns."""

import asyncio

from aiohttp import web

from ledger.errors import MaterialNotFound, NotAllowed
from ledger.handover.letter import newest
from ledger.handover.listing import hidden_from
from ledger.http.handovers import HANDOVERS, found_handover
from ledger.http.keys import LEDGER, MATERIALS, actor_of
from ledger.http.materials import digest_in, send_material
from ledger.http.parameters import known_query
from ledger.http.reading import record_read
from ledger.ports import MATERIAL_TYPES, StoredMaterial
from rest import json_response, operation

routes = web.RouteTableDef()


@routes.put("/v1/handovers/{handover_id}/materials/{digest}")
@operation(body=MATERIAL_TYPES, answers={201: StoredMaterial}, streamed=True)
async def upload(request: web.Request) -> web.Response:
    """Take the bytes of a material that an authority asked here adds to a case."""
    known_query(request)
    actor = actor_of(request)
    handover = await asyncio.to_thread(found_handover, request, actor)
    if actor.authority is None or actor.authority != handover.authority:
        raise NotAllowed("materials are added here by the office whose hand-over it is")
    stored = await request.app[MATERIALS].put(
        handover.subject, request.content.iter_any(), digest=digest_in(request)
    )
    return json_response(stored, status=201)


@routes.get("/v1/handovers/{handover_id}/materials/{kind}")
@operation(answers={200: MATERIAL_TYPES, 206: MATERIAL_TYPES})
async def fetch(request: web.Request) -> web.StreamResponse:
    """Send a material of a hand-over to someone who may see it: the newest of its kind."""
    known_query(request)
    actor = actor_of(request)
    handover = await asyncio.to_thread(found_handover, request, actor)
    standing = request.app[LEDGER].standing
    if await asyncio.to_thread(hidden_from, actor, handover, standing) is not None:
        raise NotAllowed("these materials are not to be seen by you, or not any more")
    entries = await asyncio.to_thread(request.app[HANDOVERS].entries, handover.id)
    digests = newest(getattr(entry.event, "digests", None) for entry in entries)
    kind = request.match_info["kind"]
    if kind not in digests:
        raise MaterialNotFound(f"nothing of kind {kind[:80]!r} was handed in")
    what = f"material:{kind}"
    await record_read(request, handover.subject, what, about=handover.id, purpose=handover.item)
    return await send_material(request, handover.subject, digests[kind])
