"""The profile callbacks: what the simulator posts to the service it serves.

Each is tried once, under a content key of its own that travels with it, wrapped;
so any of the service's processes can open it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from adapters.hk import wire
from adapters.hk.messages import ProfileContent, ProfileRequest
from adapters.hk.simulator.desk import DESK, Consent, Desk
from adapters.hk.wire import Result

MAX_WAITING = 32
TIMEOUT = ClientTimeout(total=10)

log = logging.getLogger(__name__)


class Callbacks:
    """The callbacks on their way; no more than `MAX_WAITING` at once."""

    def __init__(self, desk: Desk, session: ClientSession) -> None:
        self._desk = desk
        self._session = session
        self._waiting: set[asyncio.Task[None]] = set()

    def begin(self, asked: ProfileRequest, consent: Consent) -> bool:
        """Start to deliver what `consent` allows, unless too many wait already."""
        if len(self._waiting) >= MAX_WAITING:
            return False
        task = asyncio.create_task(
            self._deliver(asked.redirect_uri, self._body(asked, consent))
        )
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        return True

    async def close(self) -> None:
        """Give up what is still waiting."""
        waiting = tuple(self._waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def _body(self, asked: ProfileRequest, consent: Consent) -> bytes:
        transaction, desk = asked.business_id, self._desk
        if consent.shares_profile:
            code, message = wire.OK, "SUCCESS"
            content = consent.resident.profile(asked.profile_fields, transaction=transaction)
        else:
            code, message = "D40001", "REJECTED"
            content = ProfileContent(business_id=transaction, state=transaction)
        key = desk.random_bytes(wire.KEY_LENGTH)
        settings = desk.settings
        result = Result(
            tx_id=desk.random_bytes(16).hex(),
            code=code,
            message=message,
            content=wire.seal(wire.encode(content), key, iv=desk.random_bytes(wire.IV_LENGTH)),
            secret_key=wire.wrap_key(key, settings.public_key, settings.rsa_padding),
        )
        return wire.encode(result)

    async def _deliver(self, uri: str, body: bytes) -> None:
        desk = self._desk
        nonce = desk.random_bytes(16).hex()
        headers = wire.sign(body, desk.settings.credentials, at=desk.clock(), nonce=nonce)
        headers["Content-Type"] = "application/json"
        try:
            async with self._session.post(
                uri, data=body, headers=headers, allow_redirects=False
            ) as response:
                log.info("a profile callback was answered with status %d", response.status)
        except (ClientError, TimeoutError):
            log.warning("a profile callback could not be delivered")


CALLBACKS = web.AppKey("callbacks", Callbacks)


async def open_callbacks(app: web.Application) -> AsyncIterator[None]:
    """Keep the callbacks' client session open while the simulator runs."""
    async with ClientSession(timeout=TIMEOUT) as session:
        app[CALLBACKS] = callbacks = Callbacks(app[DESK], session)
        yield
        await callbacks.close()
