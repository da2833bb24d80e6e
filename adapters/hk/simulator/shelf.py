"""Where the simulator keeps codes, tokens and nonces for a short while.

A shelf never grows past its size: the oldest thing makes room for the newest.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """Values by name, each until its time is up."""

    def __init__(
        self, life: timedelta, *, clock: Callable[[], datetime], size: int = 1000
    ) -> None:
        self._life = life
        self._clock = clock
        self._size = size
        self._kept: dict[str, tuple[datetime, T]] = {}

    def put(self, name: str, value: T) -> None:
        """Keep `value` from now on."""
        self._kept.pop(name, None)
        while len(self._kept) >= self._size:
            del self._kept[next(iter(self._kept))]
        self._kept[name] = (self._clock() + self._life, value)

    def get(self, name: str) -> T | None:
        """Return what is kept as `name`, unless its time is up."""
        until, value = self._kept.get(name, (None, None))
        return value if until is not None and self._clock() < until else None

    def take(self, name: str) -> T | None:
        """Return what is kept as `name`, and keep it no longer."""
        value = self.get(name)
        self._kept.pop(name, None)
        return value
