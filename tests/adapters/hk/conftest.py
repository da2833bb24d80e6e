"""A world with our client, the simulator and our callback, over real HTTP."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from msgspec import structs
from yarl import URL

from adapters.hk import IamSmart, IamSmartSettings, Options
from adapters.hk.simulator import SimulatorSettings, create_app
from adapters.hk.simulator.callback import CALLBACKS, Callbacks
from adapters.hk.simulator.desk import DESK, Desk
from adapters.hk.simulator.signatory import Signatory
from adapters.hk.simulator.switches import Switch
from identity.model import Document, Scope
from tests.adapters.hk.answering import CREDENTIALS, KEY, NOON, key_answer

Callback = tuple[dict[str, str], bytes]


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Sleeper:
    """Sleeps without waiting, and moves the clock on instead."""

    def __init__(self, clock: Clock) -> None:
        self.slept: list[float] = []
        self._clock = clock

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._clock.advance(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class World:
    """Everything between a person's browser and our server."""

    provider: IamSmart
    settings: IamSmartSettings
    session: ClientSession
    clock: Clock
    callbacks: asyncio.Queue[Callback] = field(repr=False)
    simulated: Desk = field(repr=False)
    simulated_callbacks: Callbacks = field(repr=False)
    sleeper: Sleeper = field(repr=False)

    async def visit(self, page: str, *, decision: str, resident: str = "chan") -> URL:
        """Do on the hosted page what a person does; return where they are sent."""
        form = {"resident": resident, "decision": decision}
        async with self.session.post(page, data=form, allow_redirects=False) as response:
            assert response.status == 303, await response.text()
            return URL(response.headers["Location"])

    async def code(
        self,
        *,
        decision: str = "approve",
        resident: str = "chan",
        scope: Scope = Scope.PROFILE,
    ) -> str:
        """Sign in as `resident` and return the code brought back."""
        page = self.provider.page(state="state-of-ours", language="en", scope=scope)
        return (await self.visit(page, decision=decision, resident=resident)).query["code"]

    async def second_page(self, scope: Scope, document: Document | None = None) -> str:
        """Sign in for `scope` and return the page on which to answer what is asked."""
        grant = await self.provider.redeem(await self.code(scope=scope))
        page = await self.provider.request(
            grant, scope, transaction="case-1", document=document
        )
        assert page is not None
        return page

    async def answer(self, page: str, decision: str) -> Callback:
        """Answer on a second page, and return the callback unread."""
        async with self.session.post(page, data={"decision": decision}) as response:
            assert response.status == 200, await response.text()
        return await self.next_callback()

    async def next_callback(self) -> Callback:
        return await asyncio.wait_for(self.callbacks.get(), timeout=5)

    def turn_on(self, *switches: Switch, times: int = 1) -> None:
        """Let these go wrong, so many times."""
        self.simulated.switches.set(dict.fromkeys(switches, times))

    async def callback(self, transaction: str, **choices: Any) -> Callback:
        """Go all the way to the profile callback, and return it unread."""
        grant = await self.provider.redeem(await self.code(**choices))
        await self.provider.request(grant, Scope.PROFILE, transaction=transaction)
        return await self.next_callback()

    def provider_with(self, **changes: object) -> IamSmart:
        """Return our client with some settings changed."""
        settings = changed(self.settings, **changes)
        return provider(self.session, self.clock, settings, self.sleeper)


def changed(settings: IamSmartSettings, **changes: object) -> IamSmartSettings:
    """Return the settings with some of theirs, or of their options, changed."""
    names = IamSmartSettings.__dataclass_fields__
    options = {name: changes.pop(name) for name in Options.__struct_fields__ if name in changes}
    values = {name: getattr(settings, name) for name in names} | changes
    values["options"] = structs.replace(settings.options, **options)
    return IamSmartSettings(**values)


def provider(
    session: ClientSession,
    clock: Callable[[], datetime],
    settings: IamSmartSettings,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> IamSmart:
    return IamSmart(settings, session, clock=clock, random_bytes=os.urandom, sleep=sleep)


def pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="session")
def rsa_key() -> RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def rsa_pem(rsa_key: RSAPrivateKey) -> bytes:
    return pem(rsa_key)


@pytest.fixture(scope="session")
def other_rsa_pem() -> bytes:
    return pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture
def other_authority() -> bytes:
    """The certificate of an authority that certified nobody here."""
    return Signatory(Clock()).authority()


@pytest.fixture
def settings(rsa_pem: bytes) -> IamSmartSettings:
    return IamSmartSettings(
        base_url="http://127.0.0.1:9",
        client_id=CREDENTIALS.client_id,
        secret=CREDENTIALS.secret,
        private_key=rsa_pem,
        redirect_uri="http://127.0.0.1:9/back",
        callback_uri="http://127.0.0.1:9/profile",
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def reader(session: ClientSession, clock: Clock, settings: IamSmartSettings) -> IamSmart:
    """Our client with nobody at the other end: it reads callbacks."""
    return provider(session, clock, settings)


@pytest.fixture
async def world(
    aiohttp_server: Callable[[web.Application], Awaitable[TestServer]],
    rsa_key: RSAPrivateKey,
    settings: IamSmartSettings,
    session: ClientSession,
    clock: Clock,
) -> World:
    callbacks: asyncio.Queue[Callback] = asyncio.Queue()

    async def receive(request: web.Request) -> web.Response:
        callbacks.put_nowait((dict(request.headers), await request.read()))
        return web.Response()

    receiver = web.Application()
    receiver.add_routes([web.post("/profile", receive)])
    ours = await aiohttp_server(receiver)
    simulated = SimulatorSettings(credentials=CREDENTIALS, public_key=rsa_key.public_key())
    sleeper = Sleeper(clock)
    simulator = create_app(simulated, clock=clock, random_bytes=os.urandom, sleep=sleeper)
    theirs = await aiohttp_server(simulator)
    settings = changed(
        settings,
        base_url=str(theirs.make_url("")).rstrip("/"),
        redirect_uri=str(ours.make_url("/back")),
        callback_uri=str(ours.make_url("/profile")),
        signature_issuers=simulator[DESK].signatory.authority(),
    )
    client = provider(session, clock, settings, sleeper)
    return World(
        provider=client,
        settings=settings,
        session=session,
        clock=clock,
        callbacks=callbacks,
        simulated=simulator[DESK],
        simulated_callbacks=simulator[CALLBACKS],
        sleeper=sleeper,
    )


@pytest.fixture
def keys_given():
    """When the counterpart was asked for a content key."""
    return []


@pytest.fixture
async def counterpart(aiohttp_server, settings, session, clock, rsa_key, keys_given):
    """Return a function that makes a client of someone who answers as told."""

    async def answering(*answers, keys=(), **key):
        keys = list(keys)
        left = list(answers)
        app = web.Application()

        async def get_key(request):
            keys_given.append(clock())
            value = keys.pop(0) if keys else KEY
            return web.Response(body=key_answer(rsa_key, value, **key))

        async def answer(request):
            return await left.pop(0)(request)

        app.add_routes([web.post("/api/v1/security/getKey", get_key)])
        app.add_routes([web.post("/{rest:.*}", answer)])
        server = await aiohttp_server(app)
        there = changed(settings, base_url=str(server.make_url("")).rstrip("/"))
        return provider(session, clock, there)

    return answering
