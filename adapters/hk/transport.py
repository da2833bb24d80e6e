"""Signed bodies out over HTTP, and results back: timeouts, repetition and the circuit.

Each attempt is signed anew, since a nonce is taken once. What must not happen twice
is asked once; `again` is for what may. An answer that makes no sense is a failure
like none at all.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from adapters.hk import wire
from adapters.hk.resilience import ATTEMPTS, Budget, Circuit, full_jitter
from adapters.hk.settings import IamSmartSettings
from adapters.hk.wire import Result, WireError
from identity.errors import ProviderUnavailable

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


class Transport:
    """The way to iAM Smart; it is safe to share between tasks."""

    def __init__(
        self,
        settings: IamSmartSettings,
        session: ClientSession,
        *,
        clock: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._session = session
        self._clock = clock
        self._random = random_bytes
        self._sleep = sleep
        self._circuit = Circuit(clock)
        self._budget = Budget()
        options = settings.options
        self._timeout = ClientTimeout(
            total=options.total_seconds, connect=options.connect_seconds
        )

    async def post(
        self, path: str, body: bytes, kind: type[Result[T]], *, heals: bool = True
    ) -> Result[T]:
        """Ask once, or raise `ProviderUnavailable`; for `heals`, see the circuit."""
        with self._circuit.call(heals=heals):
            answer = await self._post(path, body)
            try:
                return wire.decode(answer, kind)
            except WireError as error:
                raise ProviderUnavailable(f"iAM Smart answered nonsense: {error}") from error

    async def again(
        self, path: str, body: bytes, kind: type[Result[T]], *, heals: bool = True
    ) -> Result[T]:
        """Ask up to three times, with waits between that no two processes share.

        Nobody waits for a repetition who already waited as long as one call may take.
        """
        self._budget.earn()
        until = self._clock() + timedelta(seconds=self._settings.options.total_seconds)
        for attempt in range(ATTEMPTS - 1):
            try:
                return await self.post(path, body, kind, heals=heals)
            except ProviderUnavailable as error:
                is_open = error.retry_after is not None
                if is_open or self._clock() >= until or not self._budget.spend():
                    raise
            await self._sleep(full_jitter(attempt, self._random))
        return await self.post(path, body, kind, heals=heals)

    async def _post(self, path: str, body: bytes) -> bytes:
        nonce = str(UUID(bytes=self._random(16), version=4))
        headers = wire.sign(body, self._settings.credentials, at=self._clock(), nonce=nonce)
        headers |= {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        url = self._settings.base_url + wire.API + path
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                return await _read(response)
        except (ClientError, TimeoutError) as error:
            # The error's own text may hold what was sent or read; its kind is enough.
            kind = type(error).__name__
            raise ProviderUnavailable(f"iAM Smart could not be reached: {kind}") from None


async def _read(response: ClientResponse) -> bytes:
    if response.status != 200:
        raise ProviderUnavailable(f"iAM Smart answered with HTTP status {response.status}")
    body = bytearray()
    async for chunk in response.content.iter_chunked(8192):
        body += chunk
        if len(body) > wire.MAX_BODY:
            raise ProviderUnavailable("iAM Smart's answer is too long")
    return bytes(body)
