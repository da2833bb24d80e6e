"""Turns of subscribers: none takes what the others need, however slow what they ask for is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from weakref import WeakValueDictionary


class Turns:
    """So many at once of each subscriber; whoever has more under way waits for them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._each: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, whom: str) -> asyncio.Semaphore:
        """Return what to hold for one of `whom`; forgotten once nobody does."""
        turn = self._each.get(whom)
        if turn is None:
            turn = self._each[whom] = asyncio.Semaphore(self._most)
        return turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """On whose behalf something is called, and the seconds that run against the receiver."""

    whom: str
    timer: asyncio.Timeout
    seconds: float

    @contextmanager
    def looking_up(self, patience: float) -> Iterator[None]:
        """Give the names as long as `patience`, and the receiver all its seconds then."""
        loop = asyncio.get_running_loop()
        self.timer.reschedule(loop.time() + patience)
        yield
        self.timer.reschedule(loop.time() + self.seconds)


CALL: ContextVar[Call | None] = ContextVar("call", default=None)
"""What is being called in this task."""
