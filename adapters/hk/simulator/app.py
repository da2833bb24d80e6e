"""The simulator's web application and its hosted page.

A person is sent back only below the registered prefix; before that is known to
hold, a mistake is shown here and never redirected.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from adapters.hk import wire
from adapters.hk.simulator import calls, page
from adapters.hk.simulator.callback import open_callbacks
from adapters.hk.simulator.desk import DESK, Consent, Desk, SimulatorSettings
from adapters.hk.simulator.people import RESIDENTS

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

routes = web.RouteTableDef()


def create_app(
    settings: SimulatorSettings,
    *,
    clock: Callable[[], datetime],
    random_bytes: Callable[[int], bytes],
) -> web.Application:
    """Return the simulator, ready to be served."""
    app = web.Application(middlewares=[calls.refusals], client_max_size=wire.MAX_BODY)
    app[DESK] = Desk(settings, clock=clock, random_bytes=random_bytes)
    app.cleanup_ctx.append(open_callbacks)
    app.add_routes(routes)
    app.add_routes(calls.routes)
    return app


@routes.get(f"{wire.API}/auth/getQR")
async def show_page(request: web.Request) -> web.Response:
    """Show who one may be."""
    _require_registered(request)
    text = page.choose(
        RESIDENTS.values(), address=request.path_qs, scope=request.query["scope"]
    )
    return web.Response(text=text, content_type="text/html", headers=PAGE_HEADERS)


@routes.post(f"{wire.API}/auth/getQR")
async def decide(request: web.Request) -> web.Response:
    """Send the person back with a code, or with the reason why there is none."""
    _require_registered(request)
    form = await request.post()
    resident, decision = RESIDENTS.get(str(form.get("resident"))), form.get("decision")
    if decision == page.CANCEL:
        return _send_back(request, error_code="D40000")
    if resident is None or decision not in (page.APPROVE, page.KEEP_PROFILE):
        raise _bad_page("a resident and a decision must be chosen")
    may_share = "eidapi_profiles" in request.query["scope"].split()
    consent = Consent(resident, may_share and decision == page.APPROVE)
    return _send_back(request, code=request.app[DESK].code_for(consent))


def _require_registered(request: web.Request) -> None:
    query, desk = request.query, request.app[DESK]
    if query.get("clientID") != desk.settings.credentials.client_id:
        raise _bad_page("the client is not registered")
    if not desk.may_send_to(query.get("redirectURI", "")):
        raise _bad_page("the redirect URI is not registered")
    if query.get("responseType") != "code" or not 0 < len(query.get("state", "")) <= 200:
        raise _bad_page("responseType must be code, and state one to 200 characters")
    if "eidapi_auth" not in query.get("scope", "").split():
        raise _bad_page("the scope must include eidapi_auth")


def _bad_page(reason: str) -> web.HTTPBadRequest:
    text = page.refusal(reason)
    return web.HTTPBadRequest(text=text, content_type="text/html", headers=PAGE_HEADERS)


def _send_back(request: web.Request, **answer: str) -> web.Response:
    uri = request.query["redirectURI"]
    answer["state"] = request.query["state"]
    location = f"{uri}{'&' if '?' in uri else '?'}{urlencode(answer)}"
    return web.Response(status=303, headers={"Location": location, **PAGE_HEADERS})
