"""One caller: requests with a session, tried again where that is safe, read into types.

A POST is sent under one `Idempotency-Key`, so that it can be sent again when no answer came
or the service had no time. What a caller wrote is in what they read from then on: the client
remembers the position of its last command, and asks every view to have it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from secrets import token_hex
from typing import Any, Final, TypeVar
from urllib.parse import quote

import msgspec
from aiohttp import ClientError as HttpError
from aiohttp import ClientResponse, ClientSession

from client.refused import Interrupted, Misread, Refused

T = TypeVar("T")

_TIMES: Final = 5
_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 10.0
LATER: Final = frozenset({429, 503})
"""What is answered where the same may be asked again in a while."""
_PROBLEMS: Final = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How the caller wants to be answered: in which language, and after how many tries."""

    language: str | None = None
    times: int = _TIMES
    new_key: Callable[[], str] = field(default=lambda: token_hex(16), repr=False)


@dataclass(slots=True)
class Client:
    """Somebody who calls the service that `http` has as its base, or nobody in particular."""

    http: ClientSession
    session: str | None = field(default=None, repr=False)
    wanted: Wanted = Wanted()
    position: int = 0
    """Up to where in the log what is read has to be."""

    async def get(self, path: str, kind: type[T], **query: str | int | None) -> T:
        """Return what stands at `path`; raises `Refused` or `Interrupted`."""
        return _read(await self.call("GET", path, params=_written(query)), kind)

    async def read(self, path: str, kind: type[T], **query: str | int | None) -> T:
        """Do the same with what is read from a view, which waits for our own last command."""
        return await self.get(path, kind, position=self.position or None, **query)

    async def post(
        self,
        path: str,
        kind: type[T],
        body: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        version: int | None = None,
    ) -> T:
        """Have something done once, however often it is sent, and return what came of it.

        `key` makes it the same command as an earlier one. With `version`, it is refused
        as `case-changed` unless that is still the newest; without, any version will do.
        """
        headers = {
            "Idempotency-Key": key or self.wanted.new_key(),
            "If-Match": "*" if version is None else f'"{version}"',
        }
        answer = _read(await self.call("POST", path, json=body or {}, headers=headers), kind)
        if isinstance(answer, dict):
            self.position = max(self.position, answer.get("position") or 0)
        return answer

    async def pages(
        self, path: str, kind: type[T], listed: str, **query: str | int | None
    ) -> AsyncIterator[Any]:
        """Yield what a list has under `listed`, page after page."""
        after: str | int | None = None
        while True:
            page: Any = await self.read(path, kind, **{**query, "after": after})
            for each in page[listed]:
                yield each
            after = page["next"]
            if after is None:
                return

    async def call(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **how: Any
    ) -> bytes:
        """Return the bytes that are answered, trying again where the service asks for it."""
        sent = {**self.headers(), **(headers or {})}
        pause = _PAUSE
        for left in reversed(range(self.wanted.times)):
            try:
                async with self.http.request(method, path, headers=sent, **how) as response:
                    content = await response.read()
            except (HttpError, TimeoutError) as error:
                if not left:
                    raise Interrupted(type(error).__name__) from error
            else:
                if response.status < 400:
                    return content
                if not left or response.status not in LATER:
                    raise refused(response, content)
                pause = max(pause, wanted_pause(response))
            await asyncio.sleep(min(pause, LONGEST_PAUSE))
            pause *= 2
        raise Interrupted("no try was left")

    def headers(self) -> dict[str, str]:
        """Return what every request of this caller says."""
        said = {"Accept": f"application/json, {_PROBLEMS}, */*;q=0.1"}
        if self.session is not None:
            said["Authorization"] = f"Bearer {self.session}"
        if self.wanted.language is not None:
            said["Accept-Language"] = self.wanted.language
        return said


def place(*parts: object) -> str:
    """Return a path under `/v1` whose parts may hold anything."""
    return "/".join(["/v1", *(quote(str(part), safe="") for part in parts)])


def refused(response: ClientResponse, content: bytes) -> Refused:
    """Return what was refused, as it was told."""
    problem: Any = {}
    if response.content_type == _PROBLEMS:
        with suppress(msgspec.DecodeError):
            problem = msgspec.json.decode(content, type=dict[str, Any])
    return Refused(response.status, problem)


def wanted_pause(response: ClientResponse) -> float:
    """Return after how many seconds the service wants to be asked again."""
    headers = response.headers
    return seconds_until(headers.get("Retry-After", ""), headers.get("Date", ""))


def seconds_until(retry_after: str, date: str) -> float:
    """Return the seconds that a `Retry-After` tells, a number or a date (RFC 9110, 10.2.3).

    Counted from the `date` of the answer, by the service's clock. What tells neither, as
    a proxy may write it, is no reason to wait.
    """
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:9])
    try:
        pause = parsedate_to_datetime(retry_after) - parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return max(0.0, pause.total_seconds())


def _read(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        # The message names types and paths, and no values.
        raise Misread(str(error)) from error


def _written(query: Mapping[str, str | int | None]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items() if value is not None}
