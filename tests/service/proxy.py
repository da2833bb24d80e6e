"""A network that fails on request: a TCP proxy between two services.

`async with proxied(url) as network:` gives `network.url` to call instead of `url`.
Set `network.fault` to one of `FAULTS`, or to None for it to heal; it applies to
connections that are opened from then on, and cuts those that are there.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

FAULTS = ("cut", "late", "garbled", "broken", "slow", "twice")
"""No connection; the answer never comes; it comes changed; it breaks off; it comes
drop by drop; or the request is delivered a second time."""


@dataclass(slots=True, kw_only=True)
class Network:
    """The way to one service, and what happens on it."""

    url: str
    host: str
    port: int
    delay: float = 0.02
    passed: int = 0
    seen: bytearray = field(default_factory=bytearray, repr=False)
    _fault: str | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def fault(self) -> str | None:
        return self._fault

    @fault.setter
    def fault(self, fault: str | None) -> None:
        assert fault is None or fault in FAULTS
        self._fault = fault
        for writer in self._writers:
            writer.close()

    async def connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.passed += 1
        fault = self._fault
        if fault == "cut":
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(self.host, self.port)
        self._writers |= {writer, back}
        sent = bytearray()
        try:
            await asyncio.gather(
                self._outward(reader, back, sent), self._inward(there, writer, fault)
            )
        finally:
            self._writers -= {writer, back}
            for each in (writer, back):
                each.close()
            if fault == "twice" and sent:
                await self._again(bytes(sent))

    async def _outward(self, reader, back, sent: bytearray) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(65_536):
                sent += chunk
                self.seen += chunk
                back.write(chunk)
                await back.drain()
        with suppress(OSError, RuntimeError):
            back.write_eof()

    async def _inward(self, there, writer, fault: str | None) -> None:
        with suppress(ConnectionError, RuntimeError):
            while chunk := await there.read(65_536):
                self.seen += chunk
                match fault:
                    case "late":
                        continue
                    case "garbled":
                        head, gap, body = chunk.partition(b"\r\n\r\n")
                        chunk = head + gap + body[::-1]
                    case "broken":
                        writer.write(chunk[: len(chunk) // 2])
                        await writer.drain()
                        writer.transport.abort()
                        return
                    case "slow":
                        for start in range(0, len(chunk), 64):
                            writer.write(chunk[start : start + 64])
                            await writer.drain()
                            await asyncio.sleep(self.delay)
                        continue
                writer.write(chunk)
                await writer.drain()

    async def _again(self, sent: bytes) -> None:
        there, back = await asyncio.open_connection(self.host, self.port)
        try:
            back.write(sent)
            back.write_eof()
            with suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(there.read(), 2)
        finally:
            # Also where the test is over before the second answer.
            back.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self.connected(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[Network]:
    """Put a network before the service at `url`."""
    target = urlsplit(url)
    assert target.hostname == "127.0.0.1"
    assert target.port
    network = Network(url="", host=target.hostname, port=target.port)
    server = await asyncio.start_server(network._accept, "127.0.0.1", 0)
    network.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield network
    finally:
        server.close()
        for task in list(network._tasks):
            task.cancel()
        await asyncio.gather(*network._tasks, return_exceptions=True)
        await server.wait_closed()
