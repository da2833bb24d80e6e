"""Where a person is told what becomes of their cases, over HTTP: for themselves alone."""

import asyncio

from aiohttp import web
from msgspec import Struct

from ledger.contacts import Contact, GiveContact
from ledger.http.keys import CONTACTS, actor_of
from ledger.http.parameters import known_query
from rest import json_body, json_response, operation

routes = web.RouteTableDef()


class ShownContact(Struct):
    """Where the person is told, or nothing where they are not."""

    address: str | None = None
    language: str | None = None


@routes.get("/v1/me/contact")
@operation(answers={200: ShownContact})
async def show_contact(request: web.Request) -> web.Response:
    """Show a person where they asked to be told, if they did."""
    known_query(request)
    actor = actor_of(request)
    found = await asyncio.to_thread(request.app[CONTACTS].of, actor.principal)
    return json_response(_shown(found), Cache_Control="private, no-store")


@routes.put("/v1/me/contact")
@operation(body=GiveContact, answers={200: ShownContact})
async def give_contact(request: web.Request) -> web.Response:
    """Ask to be told at an address, from now on, what becomes of one's cases."""
    actor = actor_of(request)
    command = await json_body(request, GiveContact)
    found = await asyncio.to_thread(request.app[CONTACTS].give, command, actor)
    return json_response(_shown(found), Cache_Control="private, no-store")


@routes.delete("/v1/me/contact")
@operation(answers={204: None})
async def withdraw_contact(request: web.Request) -> web.Response:
    """Ask not to be told any more; told nowhere, it stays so."""
    await asyncio.to_thread(request.app[CONTACTS].withdraw, actor_of(request))
    return web.Response(status=204)


def _shown(contact: Contact | None) -> ShownContact:
    if contact is None:
        return ShownContact()
    return ShownContact(contact.address, contact.language)
