"""What proves to anyone, offline and later, that a region answered about somebody.

It is the answer as the region signed it, the salt that opens its commitment, and the
bundle of the entry with which our log took it. Nobody's name or number is in it.
"""

import asyncio

from aiohttp import web

from cose import encode
from identity.http import id_of
from ledger.http import LEDGER, actor_of
from ledger.http.parameters import known_query
from ledger.verification_events import VerificationSucceeded
from rest import CBOR, operation

routes = web.RouteTableDef()


@routes.get("/v1/verifications/{id}/proof")
@operation(answers={200: CBOR})
async def show_proof(request: web.Request) -> web.Response:
    """Give whoever was verified by a region's answer what proves it, to keep as a file."""
    known_query(request)
    actor, ledger = actor_of(request), request.app[LEDGER]
    for entry in await asyncio.to_thread(ledger.entries, id_of(request)):
        event = entry.event
        if (
            isinstance(event, VerificationSucceeded)
            and event.subject == actor.principal
            and event.assertion_digest is not None
            and isinstance(event.assertion, bytes)
        ):
            bundle = await asyncio.to_thread(ledger.published.bundle, entry.position)
            proof = {"assertion": event.assertion, "salt": event.salt, "bundle": bundle}
            headers = {"Cache-Control": "private, no-store"}
            return web.Response(
                body=encode(proof), content_type="application/cbor", headers=headers
            )
    raise web.HTTPNotFound
