"""The simulator's web application and its hosted pages.

A person is sent back only below the registered prefix; before that is known to
hold, a mistake is shown here and never redirected.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from adapters.hk import wire
from adapters.hk.messages import Request, SigningRequest
from adapters.hk.signing_code import signing_code
from adapters.hk.simulator import calls, control, failures, page
from adapters.hk.simulator.callback import CALLBACKS, open_callbacks
from adapters.hk.simulator.control import PAGE_HEADERS, shown
from adapters.hk.simulator.desk import DESK, Consent, Desk, SimulatorSettings, Task
from adapters.hk.simulator.people import RESIDENTS

routes = web.RouteTableDef()


def create_app(
    settings: SimulatorSettings,
    *,
    clock: Callable[[], datetime],
    random_bytes: Callable[[int], bytes],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> web.Application:
    """Return the simulator, ready to be served."""
    app = web.Application(
        middlewares=[failures.failures, failures.refusals], client_max_size=wire.MAX_BODY
    )
    app[DESK] = Desk(settings, clock=clock, random_bytes=random_bytes, sleep=sleep)
    app.cleanup_ctx.append(open_callbacks)
    app.add_routes(routes)
    app.add_routes(calls.routes)
    app.add_routes(control.routes)
    return app


@routes.get(f"{wire.API}/auth/getQR")
async def show_page(request: web.Request) -> web.Response:
    """Show who one may be, or what the ticket's person is asked."""
    _require_registered(request)
    ticket = request.query.get("ticketID")
    if ticket:
        return shown(_asked(request, _task(request, ticket)))
    text = page.choose(
        RESIDENTS.values(), address=request.path_qs, scope=request.query["scope"]
    )
    return shown(text)


@routes.post(f"{wire.API}/auth/getQR")
async def decide(request: web.Request) -> web.Response:
    """Send the person back with a code or the reason why there is none, or take an answer."""
    _require_registered(request)
    form = await request.post()
    decision, ticket = str(form.get("decision")), request.query.get("ticketID")
    if ticket:
        return _answered(request, ticket, decision)
    if decision in page.CODES:
        return _send_back(request, error_code=page.CODES[decision])
    resident = RESIDENTS.get(str(form.get("resident")))
    if resident is None or decision not in (page.APPROVE, page.KEEP_PROFILE):
        raise _bad_page("a resident and a decision must be chosen")
    scopes = request.query["scope"].split() if decision == page.APPROVE else []
    consent = Consent(resident, frozenset(scopes))
    return _send_back(request, code=request.app[DESK].code_for(consent))


def _asked(request: web.Request, task: Task[Request]) -> str:
    resident = task.consent.resident
    if not isinstance(task.asked, SigningRequest):
        title = page.both("容貌核對（模擬）", "Face check (simulated)")
        return page.confirm(resident, address=request.path_qs, title=title, asked={})
    digest = request.app[DESK].digest_of(task.asked).hex()
    asked = {
        page.both("部門", "Department"): task.asked.department,
        page.both("服務", "Service"): task.asked.service_name,
        page.both("文件", "Document"): task.asked.document_name,
        page.both("識別碼", "Identification code"): signing_code(
            task.asked.hash_code, task.asked.open_id
        ),
        page.both("所簽文件的 SHA-256", "SHA-256 of what is signed"): digest,
    }
    title = page.both("數碼簽署（模擬）", "Digital signing (simulated)")
    return page.confirm(resident, address=request.path_qs, title=title, asked=asked)


def _answered(request: web.Request, ticket: str, decision: str) -> web.Response:
    if decision not in (page.APPROVE, *page.CODES):
        raise _bad_page("a decision must be chosen")
    _task(request, ticket)
    task = request.app[DESK].close_task(ticket)
    code = page.CODES.get(decision, wire.OK)
    if task is None or not request.app[CALLBACKS].begin(task, code):
        raise _bad_page("too many callbacks are waiting")
    return shown(page.done())


def _task(request: web.Request, ticket: str) -> Task[Request]:
    task = request.app[DESK].task(ticket)
    if task is None:
        raise _bad_page("the ticket is unknown, answered or expired")
    return task


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
