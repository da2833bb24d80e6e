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
from ledger.http.reading import record_read
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
    await caught_up(request, Holdings.name)
    case = await asyncio.to_thread(_case, request)
    standing = request.app[LEDGER].standing
    hidden = await asyncio.to_thread(hidden_from, actor_of(request), case, standing)
    shown = await asyncio.to_thread(_shown, request, case, hidden)
    if hidden is None and (shown["bindings"] or shown["mandates"]):
        await record_read(request, case.subject, "applicant", about=case.id, purpose=case.item)
    return json_response(shown, Cache_Control="private, no-store")


def _case(request: web.Request) -> Case:
    case: Case | None = request.app[LEDGER].find(case_id(request))
    if case is None:
        raise CaseNotFound(f"there is no case {case_id(request)}")
    require_reader(actor_of(request), case)
    return case


def _shown(request: web.Request, case: Case, hidden: Hidden | None) -> dict[str, Any]:
    app = request.app
    bindings = [each for each in app[BINDINGS].of(case.subject) if each.status == "linked"]
    mandates = [
        each
        for each in app[MANDATES].among(streams_of(app[FOLDER], case.subject))
        if each.enterprise == case.subject
    ]
    return {
        "case_id": case.id,
        "subject": case.subject,
        "bindings": [_told(each, "permit", hidden) for each in bindings],
        "mandates": [_told(each, "number", hidden) for each in mandates],
    }


def _told(known: Binding | Held, personal: str, hidden: Hidden | None) -> dict[str, Any]:
    value = getattr(known, personal) if hidden is None else hidden
    shown = value.name.lower() if isinstance(value, Hidden) else value
    return {**msgspec.to_builtins(known), personal: shown}
