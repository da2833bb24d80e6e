"""One attempt to deliver: a POST whose answer counts by its status, and by nothing else.

Redirects are not followed, and nothing of what is answered is read but to a challenge.
What failed is told by a word of ours, never by the receiver's text.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from service.webhooks.errors import AddressRefused
from service.webhooks.message import CLOUDEVENT
from service.webhooks.turns import CALL, Call, Turns

_LARGEST_ANSWER = 2048
_LONGEST_WAIT = 3600.0
_OF_ONE = 16


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt went: `None` if it arrived, or why not, and when to come again."""

    reason: str | None
    retry_after: float | None = None
    answer: bytes = b""

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing there any more (410 Gone)."""
        return self.reason == "status_410"


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Calls endpoints: those with https by `public`, and with http by `private` alone.

    The `seconds` are the receiver's: they run once its name is known.
    """

    public: ClientSession
    private: ClientSession
    seconds: float = 10.0
    turns: Turns = field(default_factory=lambda: Turns(_OF_ONE))

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        whom: str = "",
        answer: bool = False,
    ) -> Attempt:
        """Send `body` for `whom`, and read a short `answer` where one is wanted."""
        async with self.turns.of(whom):
            return await self._post(url, body, headers, whom=whom, answer=answer)

    async def _post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, whom: str, answer: bool
    ) -> Attempt:
        client = self.public if url.startswith("https:") else self.private
        try:
            async with asyncio.timeout(self.seconds) as timer:
                CALL.set(Call(whom=whom, timer=timer, seconds=self.seconds))
                async with client.post(
                    url,
                    data=body,
                    headers={**headers, "Content-Type": CLOUDEVENT},
                    allow_redirects=False,
                    timeout=ClientTimeout(total=None),
                ) as response:
                    return await _attempt(response, answer=answer)
        except TimeoutError:
            return Attempt("timed_out")
        except (ClientError, OSError, ValueError) as error:
            return Attempt(_reason(error))


async def _attempt(response: ClientResponse, *, answer: bool) -> Attempt:
    status = response.status
    if 200 <= status < 300:
        read = await _read(response) if answer else b""
        return Attempt("answer_too_large" if read is None else None, answer=read or b"")
    if 300 <= status < 400:
        return Attempt("redirected")
    return Attempt(f"status_{status}", _retry_after(response))


async def _read(response: ClientResponse) -> bytes | None:
    """Return the body, or `None` if it is larger than any that is asked for."""
    read = b""
    async for piece in response.content.iter_any():
        read += piece
        if len(read) > _LARGEST_ANSWER:
            return None
    return read


def _retry_after(response: ClientResponse) -> float | None:
    text = response.headers.get("Retry-After", "")
    if response.status not in (429, 503) or not (text.isascii() and text.isdecimal()):
        return None
    return min(float(text[:9]), _LONGEST_WAIT)


def _reason(error: BaseException | None) -> str:
    cause = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return "address_refused"
        if isinstance(cause, ssl.SSLError):
            return "certificate_refused"
        cause = cause.__cause__ or getattr(cause, "os_error", None)
    return "unreachable"


class Answered(msgspec.Struct):
    """What a receiver answers to a challenge."""

    answer: str


def answered(attempt: Attempt) -> str | None:
    """Return the answer to a challenge, if it can be read."""
    try:
        return msgspec.json.decode(attempt.answer, type=Answered).answer
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
