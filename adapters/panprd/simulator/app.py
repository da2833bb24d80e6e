"""The simulated region as a web application: its keys, its endpoint and a page that says so.

It speaks the real protocol with real keys. Only its residents are made up, and
what it has seen is forgotten when it stops.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import ClientSession, web

from adapters.panprd.client import (
    ASSERTION_TYPE,
    KEYS_TYPE,
    LONGEST_ANSWER,
    REQUEST_TYPE,
    SIGNED_KEYS_TYPE,
)
from adapters.panprd.register import SampleRegister
from adapters.panprd.simulator.askers import Askers, Source
from adapters.panprd.simulator.keys import RegionKeys
from adapters.panprd.simulator.page import page
from adapters.panprd.simulator.seen import Seen
from identity import SKEW, Answerer, encode_keys
from identity.errors import TokenRefused
from identity.policy import Agreement, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a simulated region is started with."""

    region: str
    keys: RegionKeys
    askers: dict[str, Source]
    clock: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]


def create_app(setting: Setting) -> web.Application:
    """Return the application of one simulated region."""
    app = web.Application(client_max_size=LONGEST_ANSWER)
    app[SETTING] = setting
    app[SEEN] = Seen()
    app.cleanup_ctx.append(_askers)
    app.add_routes(routes)
    return app


SETTING = web.AppKey("setting", Setting)
SEEN = web.AppKey("seen", Seen)
ASKERS = web.AppKey("askers", Askers)

routes = web.RouteTableDef()


@routes.get("/")
async def show_page(request: web.Request) -> web.Response:
    """Say what this is, and whom it can be asked about."""
    return web.Response(text=page(request.app[SETTING].region), content_type="text/html")


@routes.get("/.well-known/cose-keys")
async def show_keys(request: web.Request) -> web.Response:
    """Publish the region's keys, as its root signed them where that is asked for."""
    setting = request.app[SETTING]
    if request.headers.get("Accept") == SIGNED_KEYS_TYPE:
        body = setting.keys.signed(setting.region, setting.clock())
        return web.Response(body=body, content_type=SIGNED_KEYS_TYPE)
    return web.Response(body=encode_keys(setting.keys.records), content_type=KEYS_TYPE)


@routes.post("/verifications")
async def answer_verification(request: web.Request) -> web.Response:
    """Answer one signed request once."""
    if request.content_type != REQUEST_TYPE:
        return _problem(415, f"Send {REQUEST_TYPE}")
    token = await request.read()
    try:
        return await _answered(request.app, token)
    except TokenRefused:
        if request.app[ASKERS].incomplete:
            return _problem(503, "The keys of an asker could not be fetched; try again")
        return _problem(400, "The request was refused")


async def _answered(app: web.Application, token: bytes) -> web.Response:
    setting = app[SETTING]
    answerer = await _answerer(app)
    now = setting.clock()
    opened = answerer.open(token, now=now)
    until = opened.request.expires_at + SKEW
    if not app[SEEN].consume(opened.once, until=until, now=now):
        return _problem(409, "The request was answered before")
    body = await answerer.answer(opened, now=now, cti=setting.random_bytes(16))
    return web.Response(body=body, content_type=ASSERTION_TYPE)


async def _answerer(app: web.Application) -> Answerer:
    setting = app[SETTING]
    return Answerer(
        issuer=setting.region,
        signer=lambda: setting.keys.signer,
        trust=await app[ASKERS].trust(),
        policy=Policy(region=setting.region, agreements=lambda _: Agreement()),
        sealing_keys=lambda: (setting.keys.sealing,),
        pseudonym_key=setting.keys.pseudonym,
        register=SampleRegister(setting.region),
    )


async def _askers(app: web.Application) -> AsyncIterator[None]:
    async with ClientSession() as session:
        setting = app[SETTING]
        app[ASKERS] = Askers(setting.askers, session, setting.clock)
        yield


def _problem(status: int, title: str) -> web.Response:
    problem = {"type": "about:blank", "title": title, "status": status}
    return web.json_response(problem, status=status, content_type="application/problem+json")
