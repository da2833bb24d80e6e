"""The composition root: settings in, an application out.

Everything that knows two packages at once is here or in `service`. Nothing is
opened at import: `create_app` opens the home, and closes it at clean-up.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import ClientSession, web

from identity import http as identity_http
from identity.assurance import of_staff
from identity.refused_page import refused_page_middleware
from identity.sessions import Sessions
from identity.verifier import Verifier
from ledger import http as ledger_http
from ledger.actor import Channel, Role
from ledger.awaiting import Awaiting
from ledger.errors import HomeUnusable
from ledger.home import Home
from ledger.staff_keys import StaffKeys
from ledger.stores import MaterialStore
from ledger.verification import Verifications
from rest import ADDRESSES, SIGNERS, Limits, Load, problem_middleware, problem_routes
from service import (
    case_evidence,
    codes,
    rechecking,
    revoking,
    staff_keys,
    staff_sign_in,
)
from service.api_page import description_routes
from service.background import in_background
from service.conventions import (
    add_conventions,
    inner_middlewares,
    load_middlewares,
    open_conventions,
    outer_middlewares,
)
from service.edge import Edge
from service.federation import open_correspondence, open_region
from service.feeds.wiring import end_streams, open_feeds
from service.instruments import INSTRUMENTS, Instruments
from service.log import open_log
from service.logs import telling
from service.metrics import Metrics
from service.notifying import open_telling
from service.observing import observe_middleware
from service.own_keys import OwnKeys
from service.partners import Clients, Partners
from service.policy import scopes_of
from service.problems import PROBLEMS
from service.readiness import READINESS, RUNNING, Readiness
from service.routes import all_routes
from service.scraping import scraping
from service.settings import Settings
from service.settling import settle
from service.stopping import SCRAPED, STOPPING, run_until_told
from service.tracing import tracing_to, until_closed
from service.verifying import open_verifications
from service.views import open_views
from service.webhooks.wiring import open_webhooks

LARGEST_BODY = 64 * 1024
SESSION_ISSUER = "tongban"


def create_app(settings: Settings, edge: Edge = Edge()) -> web.Application:
    """Return the service; its home is held from start-up to clean-up."""
    home = Home(settings.home, edge.random, settings.database)
    own = OwnKeys(home, edge.clock, SESSION_ISSUER)
    sessions = open_sessions(home, edge, settings.public_url, own)
    instruments = Instruments(Metrics(), tracing_to(settings.traces))
    load = Load(most=settings.most_at_once)
    app = web.Application(
        middlewares=[
            observe_middleware(instruments.metrics, edge.random),
            *instruments.middlewares(),
            *outer_middlewares(settings),
            refused_page_middleware,
            problem_middleware(PROBLEMS),
            *load_middlewares(load, settings),
            *inner_middlewares(sessions),
        ],
        client_max_size=LARGEST_BODY,
    )
    app[INSTRUMENTS], app[STOPPING], app[SCRAPED] = instruments, asyncio.Event(), []
    app[ledger_http.WAITED] = instruments.waited
    add_conventions(app, load, settings, edge)
    app[identity_http.SESSIONS] = sessions
    app[ADDRESSES] = Limits(rate=settings.address_rate, clock=edge.clock)
    app[SIGNERS] = Limits(rate=settings.partner_rate, clock=edge.clock)
    app.cleanup_ctx.append(until_closed(instruments.tracing))
    app.cleanup_ctx.append(_running(settings, home, edge, own))
    app.cleanup_ctx.append(scraping(settings.metrics, edge.clock))
    app.add_routes([*all_routes(answering=settings.sample_register)])
    app.add_routes([*problem_routes(PROBLEMS), *description_routes(app)])
    app.on_shutdown.append(end_streams)
    return app


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serve until interrupted; raises `HomeUnusable` where the port is taken."""
    app = create_app(settings)
    app.on_startup.append(settle)
    serving = run_until_told(
        app,
        host=host,
        port=port,
        drain_seconds=settings.drain_seconds,
        shutdown_seconds=settings.shutdown_seconds,
    )
    logging = telling(level=settings.log_level, form=settings.log_format)
    try:
        with logging, asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(serving)
    except OSError as error:
        raise HomeUnusable(f"cannot serve at {host}:{port}: {error.strerror}") from error


def open_sessions(
    home: Home,
    edge: Edge = Edge(),
    public_url: str = "http://127.0.0.1:8080",
    own: OwnKeys | None = None,
) -> Sessions:
    """Return what issues and reads the sessions of one home, under its `own` keys."""
    own = own or OwnKeys(home, edge.clock, SESSION_ISSUER)
    return Sessions(
        issuer=SESSION_ISSUER,
        signer=own.signing("sessions"),
        verifier=Verifier(own.session_trust, SESSION_ISSUER),
        clock=edge.clock,
        random=edge.random,
        lists=revoking.lists_at(public_url),
    )


def issue_session(
    home: Home, public_url: str, *, role: str, id: str, authority: str | None
) -> str:
    """Return a session for someone who works at the service that is at `public_url`.

    Applicants get theirs by verification.
    """
    channel = Channel.SYSTEM if authority is None else Channel.WINDOW
    sessions = open_sessions(home, public_url=public_url)
    token, _ = sessions.open(
        subject=id,
        role=Role(role),
        channel=channel,
        assurance=of_staff(sessions.clock()),
        authority=authority,
        scopes=scopes_of(Role(role)),
    )
    return token


def _running(
    settings: Settings, home: Home, edge: Edge, own: OwnKeys
) -> Callable[[web.Application], AsyncIterator[None]]:
    async def context(app: web.Application) -> AsyncIterator[None]:
        with home.writing():
            async with ClientSession(trace_configs=app[INSTRUMENTS].calls()) as client:
                _open(app, settings, home, edge, client, own)
                app[READINESS] = Readiness(
                    app, home.folder, free_megabytes=settings.free_megabytes
                )
                app[RUNNING] = [app[ledger_http.LEDGER].is_writing]
                async with in_background(app, settings, client):
                    yield

    return context


def _open(
    app: web.Application,
    settings: Settings,
    home: Home,
    edge: Edge,
    client: ClientSession,
    own: OwnKeys,
) -> None:
    partners = Partners(settings.partners, home.folder / "partners")
    clients = Clients(partners, client)
    ledger = open_log(settings, home, edge, partners)
    materials = MaterialStore(settings.materials or home.materials, ledger.keys, edge.random)
    awaiting = Awaiting()
    verifications = Verifications(ledger, awaiting)
    ledger.on_commit = app[INSTRUMENTS].committed
    app[ledger_http.LEDGER] = ledger
    app[ledger_http.AWAITING] = awaiting
    app[ledger_http.VERIFICATIONS] = verifications
    app[ledger_http.MATERIALS] = materials
    app[ledger_http.RANDOM] = edge.random
    app[staff_keys.STAFF_KEYS] = StaffKeys(ledger)
    staff_sign_in.open_staff_sign_in(
        app,
        settings.oidc,
        settings.grants,
        catalogue=ledger.book.catalogue,
        client=client,
        edge=edge,
    )
    open_conventions(app, ledger, home, edge)
    open_views(app, ledger, home, materials, settings)
    open_telling(app, ledger, home, settings, edge.clock)
    open_feeds(app, ledger)
    region = open_region(
        app,
        ledger,
        settings=settings,
        home=home,
        own=own,
        partners=partners,
        clients=clients,
        edge=edge,
    )
    open_correspondence(
        app,
        ledger,
        settings=settings,
        home=home,
        region=region,
        materials=materials,
        client=client,
        edge=edge,
    )
    lists = revoking.lists_at(settings.public_url)
    revoking.open_revoking(app, ledger, region=region, address=lists, clock=edge.clock)
    open_webhooks(app, ledger, settings=settings, home=home, edge=edge)
    rechecking.open_rechecking(app, clients, region.trust, edge.clock)
    codes.open_codes(app, ledger, region=region, edge=edge)
    case_evidence.open_evidence(app, ledger, region=region, home=home, edge=edge)
    open_verifications(
        app,
        ledger,
        verifications,
        settings=settings,
        region=region,
        clients=clients,
        client=client,
        edge=edge,
    )


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
