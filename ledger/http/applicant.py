"""What is known of a case's applicant besides the case: evidence for who decides it.

A binding says with which permit the account is bound, a mandate who acts for an
enterprise. Neither makes one person of two subjects.
"""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from ledger.access import hidden_from, require_reader
from ledger.answers.persons import Applicant
from ledger.binding import Binding
from ledger.case import Case
from ledger.errors import CaseNotFound
from ledger.holding import streams_of
from ledger.http.freshness import caught_up
from ledger.http.keys import BINDINGS, FOLDER, LEDGER, MANDATES, actor_of
from ledger.http.parameters import case_id, known_query
from ledger.http.questions import Fresh
from ledger.mandate import Held
from ledger.personal import Hidden
from ledger.projections.holdings import Holdings
from rest import json_response, operation

routes = web.RouteTableDef()


@routes.get("/v1/cases/{case_id}/applicant")
@operation(query=Fresh, answers={200: Applicant})
async def show(request: web.Request) -> web.Response:
    """Show the permit the applicant is bound to, and who may act for them."""
    known_query(request, *Fresh.__annotations__)
    actor_of(request)
    await caught_up(request, Holdings.name)
    shown = await asyncio.to_thread(_shown, request)
    return json_response(shown, Cache_Control="private, no-store")


def _shown(request: web.Request) -> dict[str, Any]:
    app, actor, id = request.app, actor_of(request), case_id(request)
    case: Case | None = app[LEDGER].find(id)
    if case is None:
        raise CaseNotFound(f"there is no case {id}")
    require_reader(actor, case)
    hidden = hidden_from(actor, case, app[LEDGER].standing)
    bindings = [each for each in app[BINDINGS].of(case.subject) if each.status == "linked"]
    mandates = [
        each
        for each in app[MANDATES].among(streams_of(app[FOLDER], case.subject))
        if each.enterprise == case.subject
    ]
    return {
        "case_id": id,
        "subject": case.subject,
        "bindings": [_told(each, "permit", hidden) for each in bindings],
        "mandates": [_told(each, "number", hidden) for each in mandates],
    }


def _told(known: Binding | Held, personal: str, hidden: Hidden | None) -> dict[str, Any]:
    value = getattr(known, personal) if hidden is None else hidden
    shown = value.name.lower() if isinstance(value, Hidden) else value
    return {**msgspec.to_builtins(known), personal: shown}
