"""Awaiting the writer from an event loop, which is woken once a batch, not once an answer.

Waking a loop from another thread costs a system call. A batch answers many
callers at once, so their answers are gathered and handed over together.
"""

import asyncio
from collections import deque
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Awaiting:
    """Turns futures of other threads into awaitables of one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._done: deque[tuple[Future[Any], asyncio.Future[Any]]] = deque()
        self._woken = False

    async def result(self, future: Future[T]) -> T:
        """Return what `future` brings, or raise what it raises."""
        here: asyncio.Future[T] = self._loop.create_future()
        future.add_done_callback(lambda done: self._gather(done, here))
        return await here

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
