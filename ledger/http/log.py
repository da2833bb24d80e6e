"""The log for everyone: heads and tiles to follow it, receipts and bundles to keep.

Heads and hash tiles say nothing of what is in an entry and are public; entries
are for supervisors, and receipts for whoever may read the case.
"""

import asyncio
from collections.abc import Callable

from aiohttp import web

from ledger.access import require_reader, require_supervisor
from ledger.errors import EntryNotFound
from ledger.http.keys import LEDGER, QUERIES, actor_of
from ledger.http.parameters import case_id, known_query
from ledger.published import PublishedLog
from ledger.transparency import ENTRIES, Tile
from ledger.transparency.keys import RECEIPT
from rest import BYTES, CBOR, TEXT, BadRequest, operation

_ECHOED = 40
FOR_EVER = "public, max-age=31536000, immutable"

routes = web.RouteTableDef()


@routes.get("/log/checkpoint")
@operation(answers={200: TEXT})
async def show_checkpoint(request: web.Request) -> web.Response:
    """Show the newest signed head (C2SP tlog-checkpoint)."""
    known_query(request)
    return note_response(
        await asyncio.to_thread(_published(request).checkpoint), "public, max-age=1"
    )


@routes.get("/log/cosigned")
@operation(answers={200: TEXT})
async def show_cosigned(request: web.Request) -> web.Response:
    """Show the newest head that a witness cosigned; `/log/checkpoint` may be ahead of it."""
    known_query(request)
    return note_response(_published(request).cosigned(), "public, max-age=1")


@routes.get("/log/tile/{tile:.+}")
@operation(answers={200: BYTES})
async def show_tile(request: web.Request) -> web.Response:
    """Show a tile of hashes, or to a supervisor a bundle of entries (C2SP tlog-tiles)."""
    known_query(request)
    tile = Tile.parse(f"tile/{request.match_info['tile']}")
    cached = FOR_EVER
    if tile.level == ENTRIES:
        require_supervisor(actor_of(request))
        cached = "private, no-store"
    body = await asyncio.to_thread(_published(request).tile, tile)
    return web.Response(
        body=body,
        content_type="application/octet-stream",
        headers={"Cache-Control": cached},
    )


@routes.get("/v1/cases/{case_id}/receipts/{version}")
@operation(answers={200: RECEIPT})
async def show_receipt(request: web.Request) -> web.Response:
    """Give the receipt of a case's entry (RFC 9942)."""
    body = await _proof(request, _published(request).receipt)
    return web.Response(body=body, content_type=RECEIPT, headers=_PRIVATE)


@routes.get("/v1/cases/{case_id}/bundles/{version}")
@operation(answers={200: CBOR})
async def show_bundle(request: web.Request) -> web.Response:
    """Give an entry with all that proves it offline, to keep as a file."""
    body = await _proof(request, _published(request).bundle)
    return web.Response(body=body, content_type="application/cbor", headers=_PRIVATE)


def note_response(note: bytes, cached: str) -> web.Response:
    """Answer with a signed note, as it is."""
    return web.Response(
        body=note,
        content_type="text/plain",
        charset="utf-8",
        headers={"Cache-Control": cached},
    )


async def _proof(request: web.Request, prove: Callable[[int], bytes]) -> bytes:
    known_query(request)
    version = request.match_info["version"]
    if not (version.isascii() and version.isdigit()):
        raise BadRequest("the version of an entry is a whole number", field="version")
    state, entries = await asyncio.to_thread(request.app[QUERIES].replay, case_id(request))
    require_reader(actor_of(request), state)
    for entry in entries:
        if entry.version == int(version):
            return await asyncio.to_thread(prove, entry.position)
    raise EntryNotFound(f"the case has no version {version[:_ECHOED]}")


def _published(request: web.Request) -> PublishedLog:
    return request.app[LEDGER].published


_PRIVATE = {"Cache-Control": "private, no-store"}
