"""What proves to anyone, offline and later, that a region answered about somebody.

It is the answer as the region signed it, the salt that opens its commitment, and the
bundle of the entry with which our log took it. Nobody's name or number is in it.
"""

import asyncio
from uuid import UUID

from aiohttp import web

from cose import encode
from identity.http import id_of
from ledger.application import Ledger
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
    proof = await asyncio.to_thread(proof_of, ledger, id_of(request), actor.principal)
    if proof is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "private, no-store"}
    return web.Response(body=proof, content_type=CBOR, headers=headers)


def proof_of(ledger: Ledger, verification: UUID, subject: str) -> bytes | None:
    """Return what proves a region's answer about `subject`, if one was given and is open."""
    for entry in ledger.entries(verification):
        event = entry.event
        if (
            isinstance(event, VerificationSucceeded)
            and event.subject == subject
            and event.assertion_digest is not None
            and isinstance(event.assertion, bytes)
        ):
            bundle = ledger.published.bundle(entry.position)
            return encode({"assertion": event.assertion, "salt": event.salt, "bundle": bundle})
    return None
