"""The sealed conversation with iAM Smart: signed out, opened back.

Only the content key is kept between calls. It is fetched anew before it runs out,
and after any refusal, since that may mean that it was withdrawn.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.hk import wire
from adapters.hk.messages import ContentKey
from adapters.hk.settings import IamSmartSettings
from adapters.hk.wire import Message, Result, WireError
from identity.errors import ProviderUnavailable, VerificationDeclined

TIMEOUT = ClientTimeout(total=10, connect=5)
RENEW_EARLY = timedelta(seconds=60)
LONGEST_KEY_LIFE = timedelta(days=1)

T = TypeVar("T")


class Channel:
    """One service's conversation; it is safe to share between tasks."""

    def __init__(
        self,
        settings: IamSmartSettings,
        session: ClientSession,
        *,
        clock: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._settings = settings
        self._session = session
        self._clock = clock
        self._random = random_bytes
        self._private_key = _rsa(settings.private_key)
        self._key: _Key | None = None
        self._fetching = asyncio.Lock()

    async def ask(self, path: str, message: Message, kind: type[T]) -> T:
        """Send `message` sealed, and return the answer opened.

        Raises `VerificationDeclined` when iAM Smart refuses, and `ProviderUnavailable`
        when it cannot be reached or makes no sense.
        """
        key = await self._content_key()
        content = wire.seal(wire.encode(message), key, iv=self._random(wire.IV_LENGTH))
        answer = await self._post(path, wire.encode(wire.Sealed(content=content)))
        try:
            result = wire.decode(answer, Result[str])
            if result.code == wire.OK:
                return wire.decode(wire.unseal(result.content or "", key), kind)
        except WireError as error:
            self._key = None
            raise ProviderUnavailable(f"iAM Smart answered nonsense: {error}") from error
        self._key = None
        raise declined(result.code)

    def open(self, result: Result[str], kind: type[T]) -> T:
        """Return what a callback says, opened with its own key or the one we hold."""
        if result.secret_key is not None:
            key = self._unwrap(result.secret_key)
        elif self._key is not None:
            key = self._key.value
        else:
            raise WireError("there is no content key to open it with")
        return wire.decode(wire.unseal(result.content or "", key), kind)

    async def _content_key(self) -> bytes:
        async with self._fetching:
            if self._key is None or self._clock() >= self._key.renew_at:
                self._key = await self._fetch_key()
            return self._key.value

    async def _fetch_key(self) -> "_Key":
        asked_at = self._clock()
        answer = await self._post("/security/getKey", b"{}")
        try:
            content = wire.decode(answer, Result[ContentKey]).content
            if content is None:
                raise WireError("its answer has no content")
            value = self._unwrap(content.secret_key)
        except WireError as error:
            raise ProviderUnavailable(f"iAM Smart gave no content key: {error}") from error
        issued_at = min(asked_at, wire.instant(content.issue_at))
        life = min(timedelta(milliseconds=content.expires_in), LONGEST_KEY_LIFE)
        return _Key(value, renew_at=issued_at + life - RENEW_EARLY)

    def _unwrap(self, wrapped: str) -> bytes:
        return wire.unwrap_key(wrapped, self._private_key, self._settings.rsa_padding)

    async def _post(self, path: str, body: bytes) -> bytes:
        nonce = str(UUID(bytes=self._random(16), version=4))
        headers = wire.sign(body, self._settings.credentials, at=self._clock(), nonce=nonce)
        headers |= {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        url = self._settings.base_url + wire.API + path
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                return await _read(response)
        except (ClientError, TimeoutError) as error:
            raise ProviderUnavailable("iAM Smart could not be reached") from error


def declined(code: str, transaction: str | None = None) -> VerificationDeclined:
    """Return the refusal `code` stands for; its own words are not repeated."""
    reason = wire.DECLINED.get(code, "refused")
    return VerificationDeclined(f"iAM Smart says: {reason}", transaction=transaction)


@dataclass(frozen=True, slots=True)
class _Key:
    value: bytes = field(repr=False)
    renew_at: datetime


def _rsa(pem: bytes) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise ValueError("the iAM Smart private key is not an unencrypted PEM") from error
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the iAM Smart private key is not an RSA key")
    return key


async def _read(response: ClientResponse) -> bytes:
    if response.status != 200:
        raise ProviderUnavailable(f"iAM Smart answered with HTTP status {response.status}")
    body = bytearray()
    async for chunk in response.content.iter_chunked(8192):
        body += chunk
        if len(body) > wire.MAX_BODY:
            raise ProviderUnavailable("iAM Smart's answer is too long")
    return bytes(body)
