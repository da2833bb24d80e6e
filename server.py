"""The composition root: settings in, an application out.

Everything that knows two packages at once is here or in `service`. Nothing is
opened at import: `create_app` opens the home, and closes it at clean-up.
"""

import asyncio
import contextlib
import hmac
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

from aiohttp import ClientSession, web

from adapters.hk import IamSmart
from adapters.panprd.register import SampleRegister
from cose import Ed25519Signer
from identity import http as identity_http
from identity import partner_http, region_http, status_http
from identity.assurance import of_staff
from identity.beginnings import Beginnings
from identity.desk import VerificationDesk
from identity.policy import Policy
from identity.ports import HostedProvider
from identity.refusals import Refusals
from identity.region_desk import RegionDesk
from identity.sessions import Sessions
from identity.status_checking import StatusChecker
from identity.trust import Trust
from identity.verifier import Verifier
from ledger import http as ledger_http
from ledger.actor import Channel, Role
from ledger.awaiting import Awaiting
from ledger.codes import Codes
from ledger.ended_sessions import EndedSessions
from ledger.erasure import Eraser
from ledger.errors import HomeUnusable, UsedBefore
from ledger.home import Home
from ledger.log_keys import check_log_key, end_log_rotation, enrol_first_key
from ledger.opening import all_views, open_ledger
from ledger.opening_keys import end_rotation
from ledger.projections.certifying import Certificates
from ledger.projections.follower import Follower
from ledger.projections.standing import Standings
from ledger.queries import Queries
from ledger.region_keys import RegionKeys
from ledger.revocations import Revocations
from ledger.searching import Searching
from ledger.stores import MaterialStore
from ledger.subjects import Subjects
from ledger.transfers import Transfers
from ledger.verification import Verifications
from ledger.witnessing import Witness
from rest import ADDRESSES, SIGNERS, Limits, problem_middleware, problem_routes
from service import (
    codes,
    health,
    partner_messages,
    partner_status,
    persons,
    rechecking,
    revoking,
)
from service.callers import caller_middleware
from service.clockwork import Clockwork
from service.corresponding import CORRESPONDING, correspond, logs_of_partners
from service.cosigning import Cosigning
from service.edge import Edge
from service.expiring import Expiring
from service.handing_over import Agreed, accounts, open_handovers
from service.home_region import region_of
from service.key_watch import KEY_WATCH, KeyWatch
from service.loops import running, until_the_end
from service.own_keys import OwnKeys
from service.partner_keys import PARTNER_KEYS, PartnerKeys, following_partners
from service.partners import PARTNERS, Clients, Partners
from service.problems import PROBLEMS
from service.region import Region
from service.settings import METHOD, Settings

LISTS = "/status"
TURN = 0.001
"""Seconds for which the threads of views and the writer may keep a request waiting."""
LARGEST_BODY = 64 * 1024
SESSION_ISSUER = "tongban"
TRIAL = "gd.cross-province.trial"
"""The one purpose that is no service item: trying out verification between provinces."""


def create_app(settings: Settings, edge: Edge = Edge()) -> web.Application:
    """Return the service; its home is held from start-up to clean-up."""
    home = Home(settings.home, edge.random, settings.database)
    own = OwnKeys(home, edge.clock, SESSION_ISSUER)
    sessions = open_sessions(home, edge, settings.public_url, own)
    app = web.Application(
        middlewares=[problem_middleware(PROBLEMS), caller_middleware(sessions)],
        client_max_size=LARGEST_BODY,
    )
    app[identity_http.SESSIONS] = sessions
    app[ADDRESSES] = Limits(rate=settings.address_rate, clock=edge.clock)
    app[SIGNERS] = Limits(rate=settings.partner_rate, clock=edge.clock)
    app.cleanup_ctx.append(_running(settings, home, edge, own))
    app.add_routes(ledger_http.routes)
    app.add_routes(identity_http.routes)
    app.add_routes(region_http.routes)
    app.add_routes(partner_http.routes if settings.sample_register else partner_http.keys)
    app.add_routes(status_http.routes)
    app.add_routes(partner_messages.routes)
    app.add_routes(partner_status.routes)
    app.add_routes(revoking.routes)
    app.add_routes(codes.routes)
    app.add_routes(rechecking.routes)
    app.add_routes(health.routes)
    app.add_routes(persons.routes)
    app.add_routes(problem_routes(PROBLEMS))
    return app


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serve until interrupted; raises `HomeUnusable` where the port is taken."""
    app = create_app(settings)
    sys.setswitchinterval(TURN)
    try:
        web.run_app(app, host=host, port=port, access_log=None, loop=_loop())
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
        lists=f"{public_url}{LISTS}",
    )


def issue_session(home: Home, *, role: str, id: str, authority: str | None) -> str:
    """Return a session for someone who works here; applicants get theirs by verification."""
    channel = Channel.SYSTEM if authority is None else Channel.WINDOW
    sessions = open_sessions(home)
    token, _ = sessions.open(
        subject=id,
        role=Role(role),
        channel=channel,
        assurance=of_staff(sessions.clock()),
        authority=authority,
    )
    return token


def _running(
    settings: Settings, home: Home, edge: Edge, own: OwnKeys
) -> Callable[[web.Application], AsyncIterator[None]]:
    async def context(app: web.Application) -> AsyncIterator[None]:
        with home.writing():
            async with ClientSession() as client:
                _open(app, settings, home, edge, client, own)
                async with contextlib.AsyncExitStack() as stack:
                    await stack.enter_async_context(_following(app, settings))
                    await stack.enter_async_context(following_partners(app[PARTNER_KEYS]))
                    await stack.enter_async_context(_cosigning(app, settings, client))
                    deliveries = app[CORRESPONDING].deliveries
                    await stack.enter_async_context(until_the_end(deliveries.run))
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
    end_rotation(home, edge.random, settings.keys)
    partners = Partners(settings.partners, home.folder / "partners")
    ledger = open_ledger(
        home,
        clock=edge.clock,
        random=edge.random,
        items=settings.items,
        calendars=settings.calendars,
        origin=settings.origin,
        new_origin=settings.new_origin,
        keys=settings.keys,
        agreements=Agreed(partners),
        account=accounts(home),
    )
    published = ledger.published
    check_log_key(home, ledger)
    published.catch_up()
    end_log_rotation(home, published.keys.records)
    enrol_first_key(ledger)
    # With another key than the last time, the head there is has to be signed anew.
    published.sign_anew()
    name = region_of(home, settings.region, ledger)
    watch = KeyWatch(home, name, own, ledger, clock=edge.clock, random=edge.random)
    trust, clients = Trust({}), Clients(partners, client)
    app[KEY_WATCH] = watch
    app[PARTNERS] = partners
    app[PARTNER_KEYS] = PartnerKeys(
        RegionKeys(ledger), trust, partners, clients.keys_of, edge.clock
    )
    region = Region(
        name=name,
        own=own,
        trust=trust,
        policy=Policy(region=name, agreements=partners.agreement),
        pseudonyms=home.secret("pseudonyms"),
    )
    logs = logs_of_partners(published.keys.origin, app[PARTNER_KEYS], partners)
    awaiting = Awaiting()
    verifications, views = Verifications(ledger, awaiting), all_views(ledger)
    materials = MaterialStore(settings.materials or home.materials, ledger.keys, edge.random)
    app[ledger_http.LEDGER] = ledger
    app[ledger_http.AWAITING] = awaiting
    app[ledger_http.FOLLOWER] = Follower(ledger, home.views, views)
    certificates = Certificates(ledger, home.certificates, home.views)
    app[ledger_http.CERTIFICATES] = certificates
    app[ledger_http.STANDINGS] = Standings(ledger, home.views, views, certificates)
    app[ledger_http.QUERIES] = Queries(ledger, home.views)
    app[ledger_http.SEARCHING] = Searching(home.views)
    app[ledger_http.VERIFICATIONS] = verifications
    app[ledger_http.RANDOM] = edge.random
    app[ledger_http.WITNESS] = Witness(
        ledger,
        name=f"{published.keys.origin}/witness",
        signer=Ed25519Signer(home.witness_secret()),
        watched=lambda origin: settings.watched.get(origin) or logs.watched(origin),
        clock=edge.clock,
    )
    app[ledger_http.MATERIALS] = materials
    app[CORRESPONDING] = correspond(
        ledger=ledger,
        region=region,
        partners=partners,
        logs=logs,
        materials=materials,
        client=client,
        edge=edge,
        own=lambda: watch.keys.records,
    )
    app[partner_messages.EXCHANGE] = app[CORRESPONDING].exchange
    app[ledger_http.SUBJECTS] = Subjects(ledger)
    app[ledger_http.TRANSFERS] = Transfers(ledger, home.views)
    app[ledger_http.ERASER] = Eraser(ledger, materials, home.views, views)
    app[ledger_http.FOLDER] = home.views
    app[revoking.REVOCATIONS] = Revocations(ledger)
    app[revoking.ENDED] = EndedSessions(ledger)
    app[ledger_http.TAKEN_BACK] = rechecking.taken_back_of(app)
    app[rechecking.CHECKER] = StatusChecker(
        fetch=clients.status_list, trust=trust, clock=edge.clock
    )
    app[codes.PAPER_DESK] = codes.PaperDesk(
        region=region.name,
        codes=Codes(ledger),
        revocations=app[revoking.REVOCATIONS],
        signer=own.signing("paper"),
        trust=lambda: trust.with_issuer(region.name, watch.keys.records),
        clock=edge.clock,
        random=edge.random,
    )
    app[status_http.OWN_LISTS] = status_http.OwnLists(
        address=f"{settings.public_url}{LISTS}",
        revoked=partial(revoking.revoked_of, app),
        signer=lambda: region.signer,
        clock=edge.clock,
    )
    items = {item.id for item in ledger.book.catalogue.all_current()}
    app[identity_http.PURPOSES] = frozenset({*items, TRIAL})
    app[identity_http.SECURE] = settings.public_url.startswith("https:")
    beginnings = Beginnings(
        record=verifications,
        clock=edge.clock,
        random=edge.random,
        secret=hmac.digest(region.pseudonyms, b"verification desk", "sha256"),
    )
    pseudonym = partial(region.current_pseudonym, ledger.standing)
    app[identity_http.DESK] = VerificationDesk(
        beginnings=beginnings,
        providers={**_providers(settings, edge, client), **edge.providers},
        clock=edge.clock,
        pseudonym=pseudonym,
    )
    answerer = region.answerer(SampleRegister(region.name))
    app[region_http.REGION_DESK] = RegionDesk(
        beginnings=beginnings,
        partners=clients,
        asker=region.asker(),
        home=answerer if settings.sample_register else None,
        pseudonym=pseudonym,
    )
    open_handovers(app, ledger, answerer)
    persons.open_persons(
        app,
        ledger,
        verifications,
        region=region,
        edge=edge,
        sample=settings.sample_register,
    )
    app[partner_http.HOME_REGION] = partner_http.HomeRegion(
        answerer=answerer,
        key_set=lambda: (watch.token, watch.keys.records),
        record=verifications,
        refusals=Refusals(record=verifications, clock=edge.clock, replays=(UsedBefore,)),
        reference=partial(revoking.reference_to, f"{settings.public_url}{LISTS}"),
        clock=edge.clock,
        random=edge.random,
    )


def _providers(
    settings: Settings, edge: Edge, client: ClientSession
) -> Mapping[str, HostedProvider]:
    if settings.iamsmart is None:
        return {}
    provider = IamSmart(settings.iamsmart, client, clock=edge.clock, random_bytes=edge.random)
    return {METHOD: provider}


@contextlib.asynccontextmanager
async def _following(app: web.Application, settings: Settings) -> AsyncIterator[None]:
    ledger, follower = app[ledger_http.LEDGER], app[ledger_http.FOLLOWER]
    clockwork = Clockwork(
        ledger, follower, app[ledger_http.QUERIES], seconds=settings.tick_seconds
    )
    expiring = Expiring(
        ledger,
        app[ledger_http.VERIFICATIONS],
        app[ledger_http.FOLDER],
        seconds=settings.tick_seconds,
    )
    eraser = app[ledger_http.ERASER]
    watch = app[KEY_WATCH]
    loops = (
        watch.run,
        follower.run,
        clockwork.run,
        expiring.run,
        eraser.run,
        app[revoking.ENDED].run,
        app[CORRESPONDING].correspondence.run,
    )
    try:
        async with contextlib.AsyncExitStack() as stack:
            for loop in loops:
                await stack.enter_async_context(running(loop, ledger.wake))
            yield
    finally:
        follower.close()
        ledger.close()


@contextlib.asynccontextmanager
async def _cosigning(
    app: web.Application, settings: Settings, client: ClientSession
) -> AsyncIterator[None]:
    logs = app[CORRESPONDING].logs
    asking = Cosigning(
        app[ledger_http.LEDGER],
        lambda: [*settings.witnesses, *logs.neighbours()],
        client,
        seconds=settings.cosigning_seconds,
    )
    async with until_the_end(asking.run):
        yield


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
