"""HTTP callers as cheap as they come: a request's bytes out, an answer's bytes back.

A client library would cost more than the servers it measures; these read no more
of an answer than its status and its length.
"""

import asyncio
from collections.abc import Iterable, Sequence
from time import perf_counter
from urllib.parse import urlsplit

import uvloop

from benchmarks.measure import Timed

_LENGTH = b"content-length:"


def request(method: str, url: str, body: bytes = b"", **headers: str) -> bytes:
    """Return the bytes of one request on a connection that is kept."""
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    named = {"Host": parts.netloc, **headers, "Content-Length": str(len(body))}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body


def at_once(url: str, requests: Sequence[bytes], connections: int) -> Timed:
    """Send `requests` over so many connections, each the next one once it is answered."""
    return uvloop.run(_at_once(url, requests, connections))


def paced(url: str, requests: Sequence[bytes], rate: float) -> Timed:
    """Send `rate` requests a second, whether or not those before were answered.

    What is timed begins when a request was due, so that waiting for a connection counts.
    """
    return uvloop.run(_paced(url, requests, rate))


async def _at_once(url: str, requests: Sequence[bytes], connections: int) -> Timed:
    waiting, each = iter(requests), list[float]()
    lines = [await _Line.to(url) for _ in range(connections)]

    async def caller(line: "_Line") -> None:
        for request in waiting:
            start = perf_counter()
            await line.ask(request)
            each.append(perf_counter() - start)

    start = perf_counter()
    await asyncio.gather(*map(caller, lines))
    seconds = perf_counter() - start
    for line in lines:
        line.close()
    return Timed(seconds=seconds, each=each)


async def _paced(url: str, requests: Sequence[bytes], rate: float) -> Timed:
    free, each = asyncio.LifoQueue["_Line"](), list[float]()
    for _ in range(64):
        free.put_nowait(await _Line.to(url))

    async def call(request: bytes, due: float) -> None:
        line = await free.get()
        await line.ask(request)
        each.append(perf_counter() - due)
        free.put_nowait(line)

    start = perf_counter()
    async with asyncio.TaskGroup() as calls:
        for number, request in enumerate(requests):
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            calls.create_task(call(request, due))
    seconds = perf_counter() - start
    while not free.empty():
        free.get_nowait().close()
    return Timed(seconds=seconds, each=each)


def offered(
    url: str, requests: Iterable[bytes], rate: float, connections: int
) -> list[tuple[str, float]]:
    """Send `rate` requests a second, whatever becomes of them, over so many connections.

    Returns the status line's code and the seconds of each, from when it found one free.
    """
    return uvloop.run(_offered(url, requests, rate, connections))


async def _offered(
    url: str, requests: Iterable[bytes], rate: float, connections: int
) -> list[tuple[str, float]]:
    free, told = asyncio.LifoQueue["_Line"](), list[tuple[str, float]]()
    for _ in range(connections):
        free.put_nowait(await _Line.to(url))

    async def call(request: bytes) -> None:
        line, asked_at = await free.get(), perf_counter()
        head = await line.answer(request)
        told.append((head.split(maxsplit=2)[1].decode(), perf_counter() - asked_at))
        if told[-1][0] in ("429", "503"):
            assert b"retry-after" in head
        free.put_nowait(line)

    start = perf_counter()
    async with asyncio.TaskGroup() as asked:
        for number, request in enumerate(requests):
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            asked.create_task(call(request))
    while not free.empty():
        free.get_nowait().close()
    return told


class _Line:
    """One connection; `ask` raises `AssertionError` for an answer other than 200."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, url: str) -> "_Line":
        parts = urlsplit(url)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port))

    async def ask(self, request: bytes) -> None:
        head = await self.answer(request)
        assert head.startswith(b"http/1.1 200"), head.partition(b"\r\n")[0]

    async def answer(self, request: bytes) -> bytes:
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(_LENGTH)[2].partition(b"\r\n")[0])
        await self._reader.readexactly(length)
        return head

    def close(self) -> None:
        self._writer.close()
