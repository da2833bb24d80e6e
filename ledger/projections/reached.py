"""How far each view has come, and who waits for one to come further.

A waiter holds no thread: however many ask for a position that is never
reached, they cost a place in a list until they give up.
"""

import threading
from collections.abc import Iterable
from concurrent.futures import Future

Wanted = tuple[int, str | None]


class Reached:
    """The positions of views, by name; told by one thread and asked by any."""

    def __init__(self, views: Iterable[str]) -> None:
        self._lock = threading.Lock()
        self._positions = dict.fromkeys(views, 0)
        self._waiting: list[tuple[Wanted, Future[None]]] = []
        self._wanted = threading.Event()

    def of(self, view: str | None = None) -> int:
        """How far `view` has come, or unless one is named, every view."""
        with self._lock:
            return self._of(view)

    def tell(self, view: str, position: int) -> None:
        """Say how far `view` has come, and wake whoever waited for that."""
        with self._lock:
            self._positions[view] = position
            there = [f for (wanted, named), f in self._waiting if self._of(named) >= wanted]
            done = set(map(id, there))
            self._waiting = [each for each in self._waiting if id(each[1]) not in done]
            if not self._waiting:
                self._wanted.clear()
        for future in there:
            if future.set_running_or_notify_cancel():
                future.set_result(None)

    def reaching(self, position: int, view: str | None = None) -> Future[None]:
        """Return what is done once `view` has reached `position`; cancel it to give up."""
        future: Future[None] = Future()
        with self._lock:
            self._waiting = [each for each in self._waiting if not each[1].cancelled()]
            if self._of(view) < position:
                self._waiting.append(((position, view), future))
                self._wanted.set()
                return future
        future.set_result(None)
        return future

    @property
    def is_waited_for(self) -> bool:
        """Whether anybody waits for a view to come further."""
        return self._wanted.is_set()

    def rest(self, seconds: float) -> None:
        """Wait for so long, or until somebody waits for a position, or wakes who rests."""
        self._wanted.wait(seconds)

    def wake(self) -> None:
        """Let nobody rest before a view has come further."""
        self._wanted.set()

    def _of(self, view: str | None) -> int:
        if view is not None:
            return self._positions[view]
        return min(self._positions.values(), default=0)
