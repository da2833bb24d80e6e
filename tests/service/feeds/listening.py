"""Somebody who listens to a stream of server-sent events, as a browser reads one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse

from tests.service.visitor import Visitor

SOON = 10.0


@dataclass(slots=True)
class Listener:
    """What was heard: the last `id`, and the events of the stream in order."""

    response: ClientResponse = field(repr=False)
    last: str = ""
    ids: list[str] = field(default_factory=list)

    async def block(self) -> dict[str, str]:
        """Return the fields of the next block; raises `EOFError` at the end of the stream."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(SOON):
            while line := (await self.response.content.readline()).decode():
                if line == "\n":
                    self.last = fields.get("id", self.last)
                    return fields
                name, _, value = line.rstrip("\n").partition(": ")
                fields[name] = value
        raise EOFError

    async def event(self) -> Any:
        """Return the next event; what only tells a position is passed over."""
        while True:
            fields = await self.block()
            if "data" in fields:
                self.ids.append(self.last)
                return json.loads(fields["data"])

    async def events(self, number: int) -> list[Any]:
        return [await self.event() for _ in range(number)]

    async def is_over(self) -> bool:
        """Read to the end of the stream; raises `TimeoutError` if there is none."""
        try:
            while True:
                await self.block()
        except EOFError:
            return True


@asynccontextmanager
async def listening(
    who: Visitor, path: str = "/v1/feed", last: str | None = None
) -> AsyncIterator[Listener]:
    """Listen to `path` as `who`, from the event with the id `last` on."""
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {who.session}"}
    if last is not None:
        headers["Last-Event-ID"] = last
    async with who.http.get(path, headers=headers) as response:
        assert response.status == 200, await response.read()
        assert response.content_type == "text/event-stream"
        listener = Listener(response)
        first = await listener.block()
        assert first["retry"] == "2000"
        yield listener
