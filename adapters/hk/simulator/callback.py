"""The callbacks: what the simulator posts to the service it serves.

Each is tried once, under a content key of its own that travels with it, wrapped;
so any of the service's processes can open it. It is signed when it is sent, so one
that is late is late and not stale.
"""

import asyncio
import logging
from collections.abc import AsyncIterator

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from adapters.hk import wire
from adapters.hk.messages import Request
from adapters.hk.simulator.answers import MESSAGES, answer
from adapters.hk.simulator.desk import DESK, Desk, Task
from adapters.hk.simulator.switches import Switch
from adapters.hk.wire import Credentials, Result
from adapters.hk.wrapping import wrap_key

MAX_WAITING = 32
TIMEOUT = ClientTimeout(total=10)

log = logging.getLogger(__name__)


class Callbacks:
    """The callbacks on their way; no more than `MAX_WAITING` at once."""

    def __init__(self, desk: Desk, session: ClientSession) -> None:
        self._desk = desk
        self._session = session
        self._waiting: set[asyncio.Task[None]] = set()

    def begin(self, task: Task[Request], code: str) -> bool:
        """Start to deliver the answer to `task`, unless too many wait already."""
        if len(self._waiting) >= MAX_WAITING:
            return False
        delivery = asyncio.create_task(self._deliver(task, code))
        self._waiting.add(delivery)
        delivery.add_done_callback(self._waiting.discard)
        return True

    async def idle(self) -> None:
        """Wait until none is on its way."""
        await asyncio.gather(*self._waiting, return_exceptions=True)

    async def close(self) -> None:
        """Give up what is still waiting."""
        waiting = tuple(self._waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def _body(self, task: Task[Request], code: str) -> bytes:
        desk = self._desk
        code, content = answer(task, code, desk)
        key = desk.random_bytes(wire.KEY_LENGTH)
        settings = desk.settings
        result = Result(
            tx_id=desk.random_bytes(16).hex(),
            code=code,
            message=MESSAGES[code],
            content=wire.seal(wire.encode(content), key, iv=desk.random_bytes(wire.IV_LENGTH)),
            secret_key=wrap_key(key, settings.public_key, settings.rsa_padding),
        )
        return wire.encode(result)

    async def _deliver(self, task: Task[Request], code: str) -> None:
        desk, uri = self._desk, task.asked.redirect_uri
        if desk.switches.takes(Switch.CALLBACK_LATE):
            await desk.sleep(desk.settings.late_seconds)
        body = self._body(task, code)
        nonce = desk.random_bytes(16).hex()
        headers = wire.sign(body, self._credentials(), at=desk.clock(), nonce=nonce)
        headers["Content-Type"] = "application/json"
        await self._post(uri, headers, body)
        if desk.switches.takes(Switch.CALLBACK_TWICE):
            await self._post(uri, headers, body)

    def _credentials(self) -> Credentials:
        true = self._desk.settings.credentials
        if self._desk.switches.takes(Switch.WRONG_SIGNATURE):
            return Credentials(client_id=true.client_id, secret=f"not {true.secret}")
        return true

    async def _post(self, uri: str, headers: dict[str, str], body: bytes) -> None:
        try:
            async with self._session.post(
                uri, data=body, headers=headers, allow_redirects=False
            ) as response:
                log.info("a callback was answered with status %d", response.status)
        except (ClientError, TimeoutError):
            log.warning("a callback could not be delivered")


CALLBACKS = web.AppKey("callbacks", Callbacks)


async def open_callbacks(app: web.Application) -> AsyncIterator[None]:
    """Keep the callbacks' client session open while the simulator runs."""
    async with ClientSession(timeout=TIMEOUT) as session:
        app[CALLBACKS] = callbacks = Callbacks(app[DESK], session)
        yield
        await callbacks.close()
