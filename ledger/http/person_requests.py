"""Persons' requests about their data over HTTP: asked, followed, withdrawn, and decided.

What a person wrote and was answered is opened for them and for who decides; after
an erasure it is told to nobody.
"""

import asyncio
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from typing import Any, Final, get_args
from uuid import UUID, uuid5

from aiohttp import web
from msgspec.structs import replace

from ledger.access import require_person
from ledger.actor import Actor
from ledger.answers.requests import OwnRequests, RequestPage, ShownRequest, shown
from ledger.handover.unfinished import unfinished
from ledger.holding import cases_of
from ledger.http.freshness import caught_up
from ledger.http.keys import FOLDER, LEDGER, REQUESTS, actor_of
from ledger.http.parameters import command_id, known_query, positive, query, yes
from ledger.http.questions import RequestsAsked, RequestStatus
from ledger.http.reading import record_read
from ledger.person_request import PersonRequest
from ledger.person_requests import Answered, open_kinds
from ledger.personal import Hidden
from ledger.projections.holdings import Holdings
from ledger.projections.request_list import RequestList
from ledger.projections.view import view_in
from ledger.request_commands import DecideRequest, MakeRequest, RequestCommand, WithdrawRequest
from ledger.subject_events import Standing
from rest import ABOUT, json_body, json_response, operation, page_size, paged, path_id, place

routes = web.RouteTableDef()

_MADE = UUID("9f0c1c2e-93b5-4b0e-8d0f-6a0e4f6f1a35")
_MOST = 500
_STATUSES: Final[tuple[str, ...]] = get_args(RequestStatus)
_PRIVATE = "private, no-store"


@routes.post("/v1/me/requests")
@operation(body=MakeRequest, given=("id",), answers={201: ShownRequest})
async def make(request: web.Request) -> web.Response:
    """Ask for a copy, a correction, a restriction or an erasure, or object."""
    actor = actor_of(request)
    id = uuid5(_MADE, command_id(request, actor).hex)
    command = await json_body(request, MakeRequest, id=id)
    await caught_up(request, RequestList.name)
    answered = await asyncio.to_thread(_give, request, command, actor)
    return json_response(shown(answered.request, answered.position), status=201)


@routes.get("/v1/me/requests")
@operation(answers={200: OwnRequests})
async def list_own(request: web.Request) -> web.Response:
    """Show a person what they asked, by when it is due, and what was answered."""
    known_query(request)
    actor = actor_of(request)
    require_person(actor)
    await caught_up(request, RequestList.name)
    found = await asyncio.to_thread(_own, request, actor.principal)
    return json_response(OwnRequests(found), Cache_Control=_PRIVATE)


@routes.post("/v1/me/requests/{id}/withdrawal")
@operation(answers={200: ShownRequest})
async def withdraw(request: web.Request) -> web.Response:
    """Ask it no more; a request that was decided stays as it is."""
    actor = actor_of(request)
    command = WithdrawRequest(id=_id(request))
    answered = await asyncio.to_thread(_give, request, command, actor)
    return json_response(shown(answered.request, answered.position))


@routes.get("/v1/requests")
@operation(query=RequestsAsked, answers={200: RequestPage})
async def list_all(request: web.Request) -> web.Response:
    """List what persons asked, for who answers for the data; `overdue` narrows it."""
    known_query(request, *RequestsAsked.__annotations__)
    late = query(request, "overdue", yes)
    which = {
        "subject": None,
        "status": query(request, "status", _status, f"one of {', '.join(_STATUSES)}"),
        "overdue": None if late is None else int(late),
        "after": place(request, positive) or 0,
        "limit": page_size(request),
    }
    await caught_up(request, RequestList.name)
    rows = await asyncio.to_thread(_rows, request, which)
    following = rows[-1]["position"] if len(rows) == which["limit"] else None
    listed = [{**row, "id": UUID(hex=row["id"])} for row in rows]
    return paged(request, {"requests": listed}, ended=following, Cache_Control=_PRIVATE)


@routes.get("/v1/requests/{id}")
@operation(answers={200: ShownRequest})
async def show(request: web.Request) -> web.Response:
    """Show a request to who decides it, with what the person wrote."""
    known_query(request)
    found = await asyncio.to_thread(_found, request, _id(request))
    if not isinstance(found.words, Hidden):
        await record_read(request, found.subject, "request", about=found.id)
    return json_response(shown(found), Cache_Control=_PRIVATE)


@routes.post("/v1/requests/{id}/decision")
@operation(body=DecideRequest, given=("id",), answers={200: ShownRequest})
async def decide(request: web.Request) -> web.Response:
    """Grant a request, which carries it out at once, or refuse it with reasons.

    What the person wrote is not in the answer: reading it is recorded.
    """
    actor = actor_of(request)
    command = await json_body(request, DecideRequest, id=_id(request))
    await caught_up(request, Holdings.name, everywhere=True)
    answered = await asyncio.to_thread(_give, request, command, actor)
    request[ABOUT] = answered.request.subject
    return json_response(shown(answered.request, answered.position))


def _give(request: web.Request, command: RequestCommand, actor: Actor) -> Answered:
    app = request.app
    if isinstance(command, MakeRequest):
        asked = partial(open_kinds, app[LEDGER], app[FOLDER], actor.principal)
        return app[REQUESTS].give(command, actor, open=asked)
    if isinstance(command, DecideRequest):
        where = app[LEDGER], app[FOLDER], app[REQUESTS].find(command.id, opened=False).subject
        return app[REQUESTS].give(
            command, actor, cases=partial(cases_of, *where), others=partial(unfinished, *where)
        )
    return app[REQUESTS].give(command, actor)


def _own(request: web.Request, subject: str) -> list[ShownRequest]:
    """Return what a person asked; where they were erased, that is where all of it stands."""
    which = {"subject": subject, "status": None, "overdue": None, "after": 0, "limit": _MOST}
    return [
        replace(shown(_found(request, UUID(hex=row["id"]))), status=row["status"])
        for row in _rows(request, which)
    ]


def _rows(request: web.Request, which: Mapping[str, object]) -> list[dict[str, Any]]:
    with closing(view_in(request.app[FOLDER], RequestList.name)) as db:
        return RequestList.page(db, **which)


def _found(request: web.Request, id: UUID) -> PersonRequest:
    """Return a request, opened unless its person was erased meanwhile."""
    requests = request.app[REQUESTS]
    found = requests.find(id, opened=False)
    if request.app[LEDGER].standing(found.subject) is Standing.ERASED:
        return found
    return requests.find(id)


def _status(text: str) -> str:
    if text not in _STATUSES:
        raise ValueError(text)
    return text


def _id(request: web.Request) -> UUID:
    return path_id(request, "id", "a request")
