"""One caller: requests with a session, tried again where that is safe, read into types.

A POST is sent under one `Idempotency-Key`, so that it can be sent again when no answer came
or the service had no time. What a caller wrote is in what they read from then on: the client
remembers the position of its last command, and asks every view to have it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
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
_LONGEST_PAUSE: Final = 10.0
_LATER: Final = frozenset({429, 503})
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
                if not left or response.status not in _LATER:
                    raise _refused(response, content)
                pause = max(pause, float(response.headers.get("Retry-After", 0)))
            await asyncio.sleep(min(pause, _LONGEST_PAUSE))
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


def _read(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        # The message names types and paths, and no values.
        raise Misread(str(error)) from error


def _written(query: Mapping[str, str | int | None]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items() if value is not None}


def _refused(response: ClientResponse, content: bytes) -> Refused:
    problem: Any = {}
    if response.content_type == _PROBLEMS:
        problem = msgspec.json.decode(content)
    return Refused(response.status, problem)
