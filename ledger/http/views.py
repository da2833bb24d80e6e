"""The views for those who watch them: how each stands, and its certificate.

A certificate says nothing of what is in a row and is public, like the head of
the log that it names.
"""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from ledger.answers.views import Certificate, Views
from ledger.errors import ViewNotFound
from ledger.http.keys import FOLLOWER
from ledger.http.parameters import known_query
from ledger.projections.certifying import Certificates
from ledger.projections.standing import Standings
from ledger.projections.view import View
from ledger.transparency import VIEW_CERTIFICATE
from rest import json_body, json_response, operation

CERTIFICATES = web.AppKey("certificates", Certificates)
STANDINGS = web.AppKey("standings", Standings)

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Nothing:
    """A body without fields."""


@routes.get("/v1/views")
@operation(answers={200: Views})
async def list_views(request: web.Request) -> web.Response:
    """Show how each view stands, for supervisors and operators."""
    known_query(request)
    troubles = request.app[FOLLOWER].troubles
    views = await asyncio.to_thread(request.app[STANDINGS].of_all, troubles)
    return json_response({"views": views})


@routes.get("/v1/views/{view}/certificate")
@operation(answers={200: VIEW_CERTIFICATE})
async def show_certificate(request: web.Request) -> web.Response:
    """Give the newest certificate of a view."""
    known_query(request)
    name = _view(request).name
    body = await asyncio.to_thread(request.app[CERTIFICATES].find, name)
    headers = {"Cache-Control": "no-cache"}
    return web.Response(body=body, content_type=VIEW_CERTIFICATE, headers=headers)


@routes.post("/v1/views/{view}/certificate")
@operation(body=Nothing, answers={201: Certificate})
async def certify(request: web.Request) -> web.Response:
    """Have a view certified as it is now, for an operator; it takes as long as a rebuild."""
    await json_body(request, Nothing)
    view = _view(request)
    made = await asyncio.to_thread(request.app[CERTIFICATES].certify, view)
    location = f"/v1/views/{view.name}/certificate"
    return json_response(made.shown(), status=201, Location=location)


def _view(request: web.Request) -> View:
    name = request.match_info["view"]
    for file in request.app[FOLLOWER].files:
        if file.view.name == name:
            return file.view
    raise ViewNotFound(f"there is no view {name[:40]!r}")
