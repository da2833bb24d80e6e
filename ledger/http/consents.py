"""Consents over HTTP: given and withdrawn by the person, alone or at a window.

A consent that a binding rests on is given where the permit is bound; withdrawing it
unlinks the permit, so that both ways end the same.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid5

from aiohttp import web
from msgspec import Struct

from ledger.actor import Actor
from ledger.consent import Consent
from ledger.consent_commands import GiveConsent, WithdrawConsent
from ledger.errors import NotAllowed
from ledger.http.keys import BINDINGS, CONSENTS, actor_of
from ledger.http.parameters import command_id, known_query
from ledger.rules.consents import require_speaker
from rest import json_body, json_response, operation, path_id

routes = web.RouteTableDef()

_GIVEN = UUID("7a4f2f7e-5d0f-4b83-8d0e-4f5a1c1b7e90")


class ShownConsents(Struct):
    """All that somebody agreed to, in the order they did; withdrawn ones too."""

    consents: Sequence[Consent]


@routes.get("/v1/me/consents")
@operation(answers={200: ShownConsents})
async def list_consents(request: web.Request) -> web.Response:
    """Show a person what they agreed to, and what they withdrew."""
    known_query(request)
    actor = actor_of(request)
    require_speaker(actor)
    found = await asyncio.to_thread(request.app[CONSENTS].of, actor.principal)
    return json_response(ShownConsents(found), Cache_Control="private, no-store")


@routes.post("/v1/me/consents")
@operation(body=GiveConsent, given={"consent"}, answers={201: Consent})
async def give(request: web.Request) -> web.Response:
    """Agree to one purpose; one that stands already is answered as it stands."""
    actor = actor_of(request)
    id = uuid5(_GIVEN, command_id(request, actor).hex)
    command = await json_body(request, GiveConsent, consent=id)
    consent = await asyncio.to_thread(request.app[CONSENTS].give, command, actor)
    return json_response(consent, status=201)


@routes.post("/v1/me/consents/{id}/withdrawals")
@operation(answers={200: Consent})
async def withdraw(request: web.Request) -> web.Response:
    """Take a consent back, without a reason; what was done on it stays as it is."""
    actor = actor_of(request)
    require_speaker(actor)
    command = WithdrawConsent(consent=path_id(request, "id", "a consent"))
    await asyncio.to_thread(_unbind, request, actor, command.consent)
    consent = await asyncio.to_thread(request.app[CONSENTS].give, command, actor)
    return json_response(consent)


def _unbind(request: web.Request, actor: Actor, id: UUID) -> None:
    """Unlink the permit that rests on this consent, if one does still."""
    bindings = request.app[BINDINGS]
    bound = (each for each in bindings.of(actor.principal) if each.id == id)
    if any(each.status == "linked" for each in bound):
        if actor.id != actor.principal:
            raise NotAllowed("a permit is unlinked as it was bound: in one's own session")
        bindings.unlink(actor.principal, id)
