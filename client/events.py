"""Following what happens as it happens: server-sent events, taken up where they broke off."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from aiohttp import ClientError as HttpError
from aiohttp import ClientTimeout

from client.calling import LATER, LONGEST_PAUSE, Client, place, refused, wanted_pause
from client.refused import Misread

_PAUSE: Final = 1.0
_NO_END: Final = ClientTimeout(total=None, sock_read=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event; `id` is what the stream is taken up from."""

    id: str
    kind: str
    data: Any


async def follow(
    client: Client, *, after: int | None = None, **query: str
) -> AsyncIterator[Told]:
    """Yield what is recorded of the cases that the caller may read, from `after` on.

    A stream that breaks off is taken up where it was, when the service has time again;
    raises `Refused` where it may not, and `Misread` for what is no event of ours.
    """
    last = None if after is None else str(after)
    while True:
        pause, headers = _PAUSE, client.headers() | {"Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = last
        try:
            async with client.http.get(
                place("feed"), headers=headers, params=query, timeout=_NO_END
            ) as response:
                if response.status == 200:
                    async for told in _events(response.content):
                        last = told.id or last
                        if told.data is not None:
                            yield told
                elif response.status in LATER:
                    pause = max(_PAUSE, wanted_pause(response))
                else:
                    raise refused(response, await response.read())
        except (HttpError, TimeoutError):
            pass
        await asyncio.sleep(min(pause, LONGEST_PAUSE))


async def _events(lines: AsyncIterable[bytes]) -> AsyncIterator[Told]:
    """Read a stream of events (HTML, 9.2.6); one that broke off in the middle is none."""
    fields: dict[str, str] = {}
    async for line in lines:
        if not line.endswith(b"\n"):
            return
        text = _text(line).rstrip("\r\n")
        name, _, value = text.partition(":")
        if name:
            value = value.removeprefix(" ")
            both = f"{fields[name]}\n{value}" if name == "data" and name in fields else value
            fields[name] = both
        elif not text and fields:
            data = fields.get("data")
            yield Told(
                id=fields.get("id", ""),
                kind=fields.get("event", "message"),
                data=None if data is None else _data(data),
            )
            fields = {}


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise Misread("a stream of events is in UTF-8") from error


def _data(written: str) -> Any:
    try:
        return msgspec.json.decode(written)
    except msgspec.DecodeError as error:
        raise Misread(str(error)) from error
