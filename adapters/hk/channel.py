"""The sealed conversation with iAM Smart: sealed out, opened back.

An answer that says our content key is stale was given before the message was read,
so the same message goes out once more under a new key, whatever it asks.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from adapters.hk import wire
from adapters.hk.content_key import ContentKeys, Key
from adapters.hk.transport import Transport
from adapters.hk.wire import Message, Result, WireError
from identity.errors import No, ProviderUnavailable, VerificationDeclined

Post = Callable[[str, bytes, type[Result[str]]], Awaitable[Result[str]]]
T = TypeVar("T")


class Channel:
    """One service's conversation; it is safe to share between tasks."""

    def __init__(
        self,
        transport: Transport,
        keys: ContentKeys,
        *,
        stale_key_codes: frozenset[str],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._transport = transport
        self._keys = keys
        self._stale_key_codes = stale_key_codes
        self._random = random_bytes

    async def ask(self, path: str, message: Message, kind: type[T]) -> T:
        """Send `message` sealed, once, and return the answer opened.

        Raises `VerificationDeclined` when iAM Smart refuses, and `ProviderUnavailable`
        when it cannot be reached or makes no sense.
        """
        key, result = await self._send(path, message, self._transport.post)
        try:
            return wire.decode(wire.unseal(result.content or "", key.value), kind)
        except WireError as error:
            self._keys.suspect(key)
            raise ProviderUnavailable(f"iAM Smart answered nonsense: {error}") from error

    async def tell(self, path: str, message: Message) -> None:
        """Send `message` sealed, again where it may have been lost; it says the same."""
        await self._send(path, message, self._transport.again)

    async def _send(self, path: str, message: Message, post: Post) -> tuple[Key, Result[str]]:
        key, result = await self._exchange(path, message, post)
        if result.code in self._stale_key_codes:
            key, result = await self._exchange(path, message, post)
        if result.code in self._stale_key_codes:
            raise ProviderUnavailable("iAM Smart takes none of the content keys it gives")
        if result.code != wire.OK:
            raise declined(result.code)
        return key, result

    async def _exchange(
        self, path: str, message: Message, post: Post
    ) -> tuple[Key, Result[str]]:
        key = await self._keys.current()
        content = wire.seal(wire.encode(message), key.value, iv=self._random(wire.IV_LENGTH))
        body = wire.encode(wire.Sealed(content=content))
        try:
            result = await post(path, body, Result[str])
        except ProviderUnavailable:
            # What comes next then tries a key first, and not somebody's only code.
            self._keys.suspect(key)
            raise
        if result.code != wire.OK and result.code not in wire.DECLINED:
            self._keys.suspect(key)
        return key, result


def declined(code: str, transaction: str | None = None) -> VerificationDeclined:
    """Return the refusal `code` stands for; its own words are not repeated."""
    reason = wire.DECLINED.get(code, "refused")
    return VerificationDeclined(
        f"iAM Smart says: {reason}", transaction=transaction, reason=_NO.get(code, "declined")
    )


_NO: Mapping[str, No] = {wire.CANCELLED: "cancelled", wire.TIMED_OUT: "timed_out"}
