"""The end of the log, read once for everybody who follows it.

While nobody does, nothing is read. Who is further behind than what is kept here reads
the log itself, so nothing is lost to whoever comes late or reads slowly.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from typing import Final

from ledger.application import Ledger
from ledger.entry import Entry
from ledger.errors import LedgerError
from ledger.projections.reading import next_batch
from ledger.sights import Sight, Sights

_KEPT: Final = 10_000
_LISTEN = 1.0
_BREATH = 0.02

_log = logging.getLogger("tongban.feeds")


class Tail:
    """What was recorded last, by position, and word of it for the tasks of one loop."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._sights = Sights(ledger)
        self._kept: deque[Sight] = deque()
        self._from = self.position = ledger.head
        self._followers = 0
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._news: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()

    @property
    def closing(self) -> bool:
        """Whether everybody who follows is to end."""
        return self._over.is_set()

    def run(self, stop: threading.Event) -> None:
        """Read on until `stop` is set; meant for a thread of its own."""
        while not stop.is_set():
            self._wanted.wait()
            try:
                if self._ledger.wait_beyond(self.position, _LISTEN, stop.is_set):
                    self._read_on()
                stop.wait(_BREATH)
            except LedgerError as error:
                _log.error("the feeds cannot read the log now: %s", type(error).__name__)
                stop.wait(_LISTEN)

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Have the end of the log read for as long as the block lasts."""
        with self._lock:
            if not self._followers:
                # Nobody read meanwhile: what was kept does not lead up to here.
                self._kept.clear()
                self._from = self.position = self._ledger.head
            self._followers += 1
            self._wanted.set()
        try:
            yield
        finally:
            with self._lock:
                self._followers -= 1
                if not self._followers:
                    self._wanted.clear()

    async def beyond(self, position: int, seconds: float) -> None:
        """Wait until the log was read beyond `position`, for `seconds`, or until the end."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        news = self._news = self._news or asyncio.Event()
        if self.position > position or self.closing:
            return
        try:
            async with asyncio.timeout(seconds):
                await news.wait()
        except TimeoutError:
            return

    async def ended(self, seconds: float) -> bool:
        """Wait for `seconds`, or until the end; return whether it is the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
        return self.closing

    def since(self, position: int) -> tuple[list[Sight], int] | None:
        """Return what follows `position` and up to where that is; `None` if it is not kept."""
        with self._lock:
            if position < self._from:
                return None
            new = [
                *takewhile(lambda each: each.entry.position > position, reversed(self._kept))
            ]
            return new[::-1], max(position, self.position)

    def wake(self) -> None:
        """Let `run` see at once that it is to stop."""
        self._wanted.set()
        self._ledger.wake()

    def close(self) -> None:
        """Let everybody who follows know that this is the end; in the loop's thread."""
        self._over.set()
        self._tell()

    def _read_on(self) -> None:
        batch = next_batch(self._ledger, self.position)
        if not batch:
            return
        new = [*self._sights.of(each for each in batch if isinstance(each, Entry))]
        with self._lock:
            if batch[0].position != self.position + 1:
                return
            self._kept += new
            self.position = batch[-1].position
            while len(self._kept) > _KEPT:
                self._from = self._kept.popleft().entry.position
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if self._news is not None:
            self._news.set()
            self._news = None
