"""The follower's side that stays with whoever answers: it starts the other, and listens.

A process that ends is started again, later each time it fails at once; until the first
word of it, nothing is known of any view.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final

from msgspec import structs

from ledger.application import Ledger
from ledger.projections.following import Following
from ledger.projections.view import View
from service.following.lines import News, Opening, Stands, heard, line

ENDED: Final = "ProcessEnded"
"""The trouble of every view while there is nobody to bring it on."""
SILENT: Final = "ProcessSilent"
"""The trouble of views behind the log of which nothing was heard for long."""

_LOOK_AGAIN: Final = 0.05
_TO_END: Final = 30.0
_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_log = logging.getLogger("tongban.follower")


class FollowerApart(Following):
    """Has `made` views in `folder` kept up to the log by another process."""

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        made: Sequence[View],
        opening: Opening,
        *,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(folder, made)
        self._ledger = ledger
        self._opening = opening
        self._clock, self._sleep = clock, sleep
        self._stand = {view.name: Stands(view.name, 0, 0, None) for view in made}
        self.patience = 10.0
        """Seconds for which nothing need be heard of views that are behind."""
        self._behind_since: float | None = None
        self._loop = asyncio.get_running_loop()
        self._hurry, self._heard = asyncio.Event(), asyncio.Event()

    @property
    def keepers(self) -> Sequence[Stands]:
        """How each view stands; in trouble, if it is behind and nothing was heard for long."""
        since, stand = self._behind_since, [*self._stand.values()]
        if since is None or self._clock() - since < self.patience:
            return stand
        head = self._ledger.head
        return [
            structs.replace(each, trouble=each.trouble or SILENT)
            if each.position < head
            else each
            for each in stand
        ]

    async def begun(self, seconds: float) -> None:
        """Wait until something is known of the views, or as long as that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._heard.wait()

    def reaching(self, position: int, view: str | None = None) -> Future[None]:
        """Return what is done once `view`, or every view, has reached `position`."""
        there = super().reaching(position, view)
        if not there.done():
            self._loop.call_soon_threadsafe(self._hurry.set)
        return there

    async def run(self) -> None:
        """Keep the other process running; meant for a task of its own, and to be cancelled."""
        pause = _PAUSE
        while True:
            began = self._clock()
            # Also where there is no room to start another just now.
            with suppress(OSError):
                await self._follow()
            quick = self._clock() - began < _LONGEST_PAUSE
            _log.error("the process that brings views on has ended; it is started again")
            self._hear(Stands(v.name, v.position, v.set_aside, ENDED) for v in self.keepers)
            await self._sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE) if quick else _PAUSE

    async def _follow(self) -> None:
        """Run one process until it ends, or nobody wants it any more.

        `-P`: the folder it is started in is not looked into for code.
        """
        command = sys.executable, "-P", "-m", __package__ or ""
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without pipes")
        telling = asyncio.create_task(self._tell(process.stdin))
        try:
            async for said in process.stdout:
                self._hear(heard(said))
        finally:
            telling.cancel()
            # Letting go of the pipe is what tells it to end.
            process.stdin.close()
            try:
                async with asyncio.timeout(_TO_END):
                    await process.wait()
            except TimeoutError:
                process.kill()

    async def _tell(self, to: asyncio.StreamWriter) -> None:
        """Say how far the log has come, until nobody listens."""
        told = -1
        with suppress(ConnectionError):
            to.write(line(self._opening))
            while True:
                head, hurry = self._ledger.head, self._hurry.is_set()
                self._hurry.clear()
                if hurry or head > told:
                    to.write(line(News(head, hurry)))
                    await to.drain()
                    told = head
                if self._behind_since is None and self.position < head:
                    self._behind_since = self._clock()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN):
                        await self._hurry.wait()

    def _hear(self, news: Iterable[Stands]) -> None:
        for each in news:
            self._stand[each.name] = each
            self._reached.tell(each.name, each.position)
        self._heard.set()
        self._behind_since = None
        # Those it came to may not be all that are waited for.
        if self._reached.is_waited_for:
            self._hurry.set()
