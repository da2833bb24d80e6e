"""Asking the writer from an event loop: for many callers at once, not one by one.

A loop that hands over each job as it comes is interrupted for each by the thread
that writes it, and the other way round. What comes at once is handed over
together, is then one commit, and its answers wake the loop once.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

_PATIENCE = 0.005

T = TypeVar("T")
Ask = Callable[[], Future[T]]


class Awaiting:
    """Turns futures of other threads into awaitables of one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._asks: list[tuple[Ask[Any], asyncio.Future[Any]]] = []
        self._seen, self._latest = 0, 0.0
        self._done: deque[tuple[Future[Any], asyncio.Future[Any]]] = deque()
        self._woken = False

    async def answer(self, ask: Ask[T]) -> T:
        """Call `ask` when the loop brings nothing more, and return what its future brings.

        That is after this turn and one more, or at the latest after five milliseconds.
        """
        here: asyncio.Future[T] = self._loop.create_future()
        self._asks.append((ask, here))
        if len(self._asks) == 1:
            self._seen, self._latest = 0, self._loop.time() + _PATIENCE
            self._loop.call_soon(self._ask)
        return await here

    async def result(self, future: Future[T]) -> T:
        """Return what `future` brings, or raise what it raises."""
        here: asyncio.Future[T] = self._loop.create_future()
        self._follow(future, here)
        return await here

    def _ask(self) -> None:
        if len(self._asks) > self._seen and self._loop.time() < self._latest:
            # This turn brought more, and so may the next.
            self._seen = len(self._asks)
            self._loop.call_soon(self._ask)
            return
        asks, self._asks = self._asks, []
        for ask, here in asks:
            try:
                self._follow(ask(), here)
            except Exception as error:
                if not here.cancelled():
                    here.set_exception(error)

    def _follow(self, future: Future[T], here: asyncio.Future[T]) -> None:
        future.add_done_callback(lambda done: self._gather(done, here))

    def _gather(self, done: Future[Any], here: asyncio.Future[Any]) -> None:
        self._done.append((done, here))
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        # Cleared first: an answer that comes while these are handed over wakes the loop again.
        self._woken = False
        while self._done:
            done, here = self._done.popleft()
            if here.cancelled():
                continue
            error = done.exception()
            if error is None:
                here.set_result(done.result())
            else:
                here.set_exception(error)
