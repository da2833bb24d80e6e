"""The content key: fetched, renewed before it runs out, and kept to open what is late.

The key before the present one still opens: a callback may have been sealed just
before a renewal. It never seals.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.hk import wire
from adapters.hk.messages import ContentKey
from adapters.hk.settings import IamSmartSettings
from adapters.hk.transport import Transport
from adapters.hk.wire import Result, WireError
from adapters.hk.wrapping import private_key_from, unwrap_key
from identity.errors import ProviderUnavailable

RENEW_EARLY = timedelta(seconds=60)
LONGEST_LIFE = timedelta(days=1)
GET_KEY = "/security/getKey"


@dataclass(frozen=True, slots=True)
class Key:
    """One content key, and when another is asked for."""

    value: bytes = field(repr=False)
    renew_at: datetime


class ContentKeys:
    """Our present content key and the one before."""

    def __init__(
        self, settings: IamSmartSettings, transport: Transport, clock: Callable[[], datetime]
    ) -> None:
        self._padding = settings.options.rsa_padding
        self._private_key = private_key_from(settings.private_key)
        self._transport = transport
        self._clock = clock
        self._held: tuple[Key, ...] = ()
        self._stale: Key | None = None
        self._fetching = asyncio.Lock()

    async def current(self) -> Key:
        """Return a key to seal with; tasks that need one at once fetch it once."""
        async with self._fetching:
            if not self._held or not self._is_good(self._held[0]):
                self._held = (await self._fetch(), *self._held[:1])
            return self._held[0]

    def suspect(self, key: Key) -> None:
        """Have `key` replaced before the next sealing: it may have been withdrawn."""
        self._stale = key

    def open(self, result: Result[str]) -> bytes:
        """Return what a callback hides, under its own key or one that we hold."""
        content = result.content or ""
        if result.secret_key is not None:
            return wire.unseal(content, self._unwrap(result.secret_key))
        for key in self._held:
            try:
                return wire.unseal(content, key.value)
            except WireError:
                continue
        raise WireError("no content key that we hold opens it")

    def _is_good(self, key: Key) -> bool:
        return key is not self._stale and self._clock() < key.renew_at

    async def _fetch(self) -> Key:
        asked_at = self._clock()
        # Asking twice for a key does no harm. One is asked for after every call that
        # failed, so that there is one shows nothing of those calls.
        result = await self._transport.again(GET_KEY, b"{}", Result[ContentKey], heals=False)
        try:
            content = result.content
            if content is None:
                raise WireError("its answer has no content")
            value = self._unwrap(content.secret_key)
        except WireError as error:
            raise ProviderUnavailable(f"iAM Smart gave no content key: {error}") from error
        issued_at = min(asked_at, wire.instant(content.issue_at))
        life = min(timedelta(milliseconds=content.expires_in), LONGEST_LIFE)
        return Key(value, renew_at=issued_at + life - RENEW_EARLY)

    def _unwrap(self, wrapped: str) -> bytes:
        return unwrap_key(wrapped, self._private_key, self._padding)
