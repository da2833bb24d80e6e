"""What partner regions post to us: messages, and the materials that messages named.

Signature and agreement come first, then the partner's share of requests, of which what
is not agreed takes too, and only then what costs: proofs, the log, the disk. A material
has no signature: its box stands for one.
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from aiohttp import web

from adapters.panprd.materials import MATERIAL_TYPE, Journey, open_material
from adapters.panprd.parcels import ACK_BODY, BODY_LIMIT, MESSAGE_BODY
from identity.errors import IdentityError
from identity.refusals import Refusals
from ledger.errors import MaterialNotFound
from ledger.http import MATERIALS
from rest import (
    BadRequest,
    among_theirs,
    count_address,
    count_partner,
    expect_type,
    operation,
    taken_in,
)
from service.exchange import Exchange

EXCHANGE = web.AppKey("exchange", Exchange)
REFUSALS = web.AppKey("refusals", Refusals)
_DIGEST: Final = 32

routes = web.RouteTableDef()


@routes.post("/partner/messages")
@operation(body=MESSAGE_BODY, answers={200: ACK_BODY}, streamed=True)
async def take_message(request: web.Request) -> web.Response:
    """Take a message of a partner region, and prove to it that we have it."""
    count_address(request)
    expect_type(request, MESSAGE_BODY)
    exchange = request.app[EXCHANGE]
    body = await taken_in(request, _body(request))
    try:
        offered = exchange.read(body)
    except IdentityError as error:
        await request.app[REFUSALS].note(error, partial(count_partner, request))
        raise
    count_partner(request, offered.sender)
    answer = await asyncio.to_thread(exchange.take, offered)
    return web.Response(body=answer, content_type=ACK_BODY)


@routes.put("/partner/messages/{message}/materials/{digest}")
@operation(body=MATERIAL_TYPE, answers={204: None}, streamed=True)
async def take_material(request: web.Request) -> web.Response:
    """Take a material that a message named, streamed; the same again changes nothing."""
    count_address(request)
    expect_type(request, MATERIAL_TYPE)
    exchange = request.app[EXCHANGE]
    message, digest = _digest(request, "message"), _digest(request, "digest").hex()
    found = await asyncio.to_thread(exchange.awaited, message)
    if found is None or digest not in found.awaited.materials:
        raise MaterialNotFound("no message of a partner named this material")
    opening = open_material(
        Journey(issuer=found.sender, message=message, digest=digest),
        request.content.iter_any(),
        exchange.boxes(),
    )
    content = await taken_in(request, opening)
    count_partner(request, found.sender)
    with among_theirs(request, f"partner {found.sender}"):
        await request.app[MATERIALS].put(found.awaited.subject, content, digest=digest)
    return web.Response(status=204)


async def _body(request: web.Request) -> bytes:
    """Return the body, of which no more is read than there may be."""
    received = bytearray()
    chunks: AsyncIterator[bytes] = request.content.iter_any()
    async for chunk in chunks:
        received += chunk
        if len(received) > BODY_LIMIT:
            raise web.HTTPRequestEntityTooLarge(BODY_LIMIT, len(received))
    return bytes(received)


def _digest(request: web.Request, name: str) -> bytes:
    text = request.match_info[name]
    if len(text) != 2 * _DIGEST or text.strip("0123456789abcdef"):
        raise BadRequest("a SHA-256 in lower-case hexadecimal, please", field=name)
    return bytes.fromhex(text)
