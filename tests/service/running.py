"""The real service on a home of its own, at a time that stands still until it is moved."""

import os
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web

from identity.assurance import of_staff
from ledger.actor import Role
from ledger.application import Ledger
from ledger.home import Home
from ledger.http import FOLLOWER, LEDGER, QUERIES
from server import create_app, open_sessions
from service.clockwork import Clockwork
from service.edge import Edge
from service.policy import scopes_of
from service.scraping import exposition
from service.settings import Settings
from tests.ledger.ledgers import SetClock, check_log
from tests.service.provider import SIGNED, FakeProvider, profile
from tests.service.visitor import Answer, Visitor

ITEM = "gd.zhaoqing.food-operation-licence"
AUTHORITY = "gd.zhaoqing.market-regulation"
ELSEWHERE = "gd.zhaoqing.social-insurance"
FORM = {"business_name": "測試小店 Testing Tea", "premises": "7 Nowhere Lane"}

_ACCOUNTS = count(1)

MADE = datetime(2026, 1, 5, tzinfo=UTC)
MORNING = datetime(2026, 2, 10, 2, 0, tzinfo=UTC)
"""Ten in the morning of 10 February 2026 in Zhaoqing, with Spring Festival ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service, and how a test gets to know people in it."""

    app: web.Application
    url: str
    http: ClientSession
    home: Home
    edge: Edge
    clock: SetClock
    provider: FakeProvider

    @property
    def ledger(self) -> Ledger:
        return self.app[LEDGER]

    @property
    def anyone(self) -> Visitor:
        return Visitor(self.http)

    def session(self, role: str, id: str = "", **claims: Any) -> Visitor:
        """Return somebody with a session of `role`, as `tongban session` issues it."""
        given: dict[str, Any] = {"channel": "window", "assurance": of_staff(self.clock())}
        given |= {"scopes": scopes_of(Role(role)), **claims}
        sessions = open_sessions(self.home, self.edge)
        token, _ = sessions.open(subject=id or f"{role}-1", role=role, **given)
        return Visitor(self.http, token)

    def official(self, role: str, id: str = "", authority: str = AUTHORITY) -> Visitor:
        return self.session(role, id, authority=authority)

    @property
    def supervisor(self) -> Visitor:
        return self.session("supervisor", channel="system")

    async def begin(self, who: Visitor | None = None, **changes: Any) -> dict[str, Any]:
        """Begin a verification; state and browser are put beside what was answered."""
        asked = {"method": "iamsmart", "purpose": ITEM, **changes}
        begun = await (who or self.anyone).post("/v1/verifications", asked)
        assert begun.status == 201, begun.body
        state = begun.body["page"].partition("state=")[2].partition("&")[0]
        browser = begun.headers["Set-Cookie"].partition(";")[0]
        return {**begun.body, "state": state, "browser": browser}

    async def back(self, begun: Mapping[str, Any], **query: str) -> Answer:
        """Come back from the provider's page, in the browser that is told in `begun`."""
        path = "/v1/verifications/callbacks/iamsmart"
        headers = {"Cookie": begun["browser"]} if "browser" in begun else {}
        params = {"state": begun["state"], **query}
        return await self.anyone.get(path, params=params, headers=headers)

    async def profiled(self, begun: Mapping[str, Any], **changes: object) -> Answer:
        """Let the provider send its profile callback."""
        path = "/v1/verifications/callbacks/iamsmart"
        body = profile(begun["id"].replace("-", ""), **changes)
        return await self.anyone.call("POST", path, data=body, headers=SIGNED)

    async def result(self, begun: Mapping[str, Any], **more: str) -> Answer:
        path = f"/v1/verifications/{begun['id']}/result"
        return await self.anyone.post(path, {"claim": begun["claim"], **more})

    async def applicant(self, account: str | None = None) -> Visitor:
        """Return somebody who proved who they are, and whom nobody met before."""
        begun = await self.begin()
        await self.back(begun, code=account or f"account-{next(_ACCOUNTS)}")
        await self.profiled(begun)
        result = await self.result(begun)
        assert result.body["status"] == "succeeded", result.body
        return Visitor(self.http, result.body["session"])

    async def apply(self, applicant: Visitor, *kinds: str, **options: Any) -> str:
        """Open a case with these materials and return its id."""
        digest = await applicant.upload()
        body = {"item": ITEM, "form": FORM, "materials": dict.fromkeys(kinds, digest)}
        opened = await applicant.post("/v1/cases", body, **options)
        assert opened.status == 201, opened.body
        return str(opened.body["case_id"])

    def metrics(self) -> str:
        """Return all that is measured, as Prometheus reads it."""
        return exposition(self.app).decode()

    def tick(self) -> int:
        """Let the clock look once, now."""
        parts = self.app[LEDGER], self.app[FOLLOWER], self.app[QUERIES]
        return Clockwork(*parts, seconds=0).tick()


def prepared(folder: Path) -> Home:
    """Return a home that was made some time before the morning on which tests begin."""
    home = Home(folder, secrets.token_bytes)
    home.secret("master")
    os.utime(home.keys / "master", (MADE.timestamp(), MADE.timestamp()))
    return home


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serve `app` as `tongban serve` does, on any port; yields its address."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def visiting(url: str) -> ClientSession:
    """Return what callers call with; a service that hangs fails its test."""
    return ClientSession(url, cookie_jar=DummyCookieJar(), timeout=ClientTimeout(total=15))


@asynccontextmanager
async def running(
    folder: Path, clock: SetClock | None = None, **settings: Any
) -> AsyncIterator[Service]:
    """Run the service on `folder`; at the end its whole log is checked."""
    clock = clock or SetClock(MORNING)
    home = prepared(folder)
    provider = FakeProvider(clock.now)
    edge = Edge(clock=clock, providers={"iamsmart": provider})
    given = {"tick_seconds": 3600, "sample_register": True, **settings}
    app = create_app(Settings(home=folder, **given), edge)
    async with serving(app) as url, visiting(url) as http:
        yield Service(
            app=app, url=url, http=http, home=home, edge=edge, clock=clock, provider=provider
        )
        check_log(app[LEDGER])
