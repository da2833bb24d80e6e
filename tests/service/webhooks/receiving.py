"""A receiver of webhooks: a real server that checks what it is sent, and can misbehave.

It verifies with the library of Standard Webhooks and reads with that of CloudEvents, as
any subscriber could; nothing here knows how ours are made.
"""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from aiohttp import web
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook

from service.edge import now
from service.webhooks.dispatch import WEBHOOKS
from service.webhooks.office import Pace
from tests.ledger.ledgers import SetClock
from tests.service.running import Service, running, serving
from tests.service.visitor import Visitor

LOOPBACK = (ip_network("127.0.0.0/8"),)
Misbehaviour = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse | None]]


async def well(request: web.Request, event: dict[str, Any]) -> web.StreamResponse | None:
    del request, event
    return None


@dataclass(slots=True)
class Receiver:
    """Keeps what arrived, in order; `behave` may answer before that, or instead."""

    url: str = ""
    secrets: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    strayed: int = 0
    echoes: bool = False
    behave: Misbehaviour = well

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """Take a delivery, or answer a challenge."""
        body = await request.read()
        if self.echoes:
            return web.Response(body=body, content_type="application/json")
        for secret in self.secrets:
            Webhook(secret).verify(body, dict(request.headers))
        message = HTTPMessage(
            headers={k.lower(): v for k, v in request.headers.items()}, body=body
        )
        event = from_http_event(message, JSONFormat())
        told = json.loads(body)
        if event.get_type() == "tongban.webhook.challenge":
            return self.answer(told["data"]["challenge"])
        answer = await self.behave(request, told)
        if answer is None or answer.status < 300:
            self.events.append(told)
            self.headers.append(dict(request.headers))
        return answer or web.Response(status=204)

    def answer(self, challenge: str) -> web.Response:
        key = base64.b64decode(self.secrets[-1].removeprefix("whsec_"))
        return web.json_response(
            {"answer": hmac.digest(key, challenge.encode(), "sha256").hex()}
        )

    async def elsewhere(self, request: web.Request) -> web.Response:
        """Nobody is sent here but who follows redirects."""
        del request
        self.strayed += 1
        return web.Response()

    def of_cases(self) -> dict[str, list[int]]:
        """The positions that arrived first time, by case, as they came."""
        cases: dict[str, list[int]] = {}
        for event in self.events:
            known = cases.setdefault(event["subject"], [])
            if int(event["id"]) not in known:
                known.append(int(event["id"]))
        return cases

    async def until(self, condition: Callable[["Receiver"], bool], seconds: float = 10) -> None:
        for _ in range(int(seconds * 100)):
            if condition(self):
                return
            await asyncio.sleep(0.01)
        raise TimeoutError


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.hook)
    app.router.add_route("*", "/elsewhere", receiver.elsewhere)
    async with serving(app) as url:
        receiver.url = f"{url}/hook"
        yield receiver


@asynccontextmanager
async def hooked(
    folder: Path, clock: SetClock | None = None, seconds: float = 1.0, **pace: Any
) -> AsyncIterator[Service]:
    """A service that calls this machine, at the time it really is, and in a hurry."""
    given = {"tries": 3, "days": timedelta(days=3), "scale": 0.01, **pace}
    clock = clock or SetClock(now())
    async with running(folder, clock, webhook_networks=LOOPBACK) as service:
        webhooks = service.app[WEBHOOKS]
        courier = replace(webhooks.office.courier, seconds=seconds)
        webhooks.office = replace(webhooks.office, pace=Pace(**given), courier=courier)
        yield service


async def subscribed(who: Visitor, receiver: Receiver, **wanted: Any) -> str:
    """Let `who` subscribe, and the receiver confirm; returns where the subscription is."""
    made = await who.post("/v1/subscriptions", {"endpoint": receiver.url, **wanted})
    assert made.status == 201, made.body
    receiver.secrets = [made.body["secret"]]
    place = str(made.headers["Location"])
    confirmed = await who.post(f"{place}/confirmation")
    assert confirmed.status == 200, confirmed.body
    assert confirmed.body["status"] == "active"
    return place
