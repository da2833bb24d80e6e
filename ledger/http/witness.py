"""The witness over HTTP (C2SP tlog-witness): other logs' checkpoints come in here.

Its refusals are the specification's and not problem documents, because the
programs that call it read the status and, at 409, a size.
"""

import asyncio

from aiohttp import web

from ledger.errors import NotPublished
from ledger.http.keys import LEDGER, WITNESS
from ledger.http.log import note_response
from ledger.http.parameters import known_query
from ledger.http.questions import OriginAsked
from ledger.transparency import (
    CheckpointInconsistent,
    CheckpointNotSigned,
    OldSizeDiffers,
    OriginUnknown,
    RequestMalformed,
    WitnessRefused,
)
from rest import TEXT, count_address, operation

STATUS: dict[type[WitnessRefused], int] = {
    RequestMalformed: 400,
    CheckpointNotSigned: 403,
    OriginUnknown: 404,
    OldSizeDiffers: 409,
    CheckpointInconsistent: 422,
}

_SIZE = "text/x.tlog.size"

routes = web.RouteTableDef()


@routes.post("/add-checkpoint")
@operation(body=TEXT, answers={200: TEXT, **dict.fromkeys(STATUS.values(), TEXT), 409: _SIZE})
async def add_checkpoint(request: web.Request) -> web.Response:
    """Cosign a checkpoint of a log we watch, if it continues the one before."""
    count_address(request)
    body = await request.read()
    try:
        cosignature = await asyncio.to_thread(request.app[WITNESS].add, body)
    except WitnessRefused as error:
        return _refusal(error)
    return web.Response(body=cosignature, content_type="text/plain", charset="utf-8")


@routes.get("/log/witnessed")
@operation(query=OriginAsked, answers={200: TEXT})
async def show_witnessed(request: web.Request) -> web.Response:
    """Show the head of another log that we cosigned last, as that log signed it."""
    known_query(request, *OriginAsked.__annotations__)
    witness, origin = request.app[WITNESS], request.query.get("origin", "")
    note = await asyncio.to_thread(witness.cosigned, origin)
    if note is None:
        raise NotPublished("no head of a log of this `origin` was cosigned here")
    return note_response(note, "no-cache")


@routes.get("/log/keys")
@operation(answers={200: TEXT})
async def show_keys(request: web.Request) -> web.Response:
    """Show the log's keys and our key as a witness, a C2SP verifier key a line."""
    keys = request.app[LEDGER].published.keys
    lines = [key.vkey for key in (*keys.note_keys(), request.app[WITNESS].key)]
    return web.Response(text="\n".join(lines) + "\n", headers={"Cache-Control": "no-cache"})


def _refusal(error: WitnessRefused) -> web.Response:
    if isinstance(error, OldSizeDiffers):
        body = f"{error.known_size}\n".encode()
        return web.Response(status=409, body=body, content_type=_SIZE)
    return web.Response(status=STATUS[type(error)], text=f"{error}\n")
