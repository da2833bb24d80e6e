"""A mapping that keeps what was set or asked for last."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps up to `size` values, for any thread."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return the value of `key`, if it is still kept."""
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def update(self, values: Mapping[K, V]) -> None:
        """Keep `values`, and let go of what was not asked for longest."""
        with self._lock:
            for key, value in values.items():
                self._kept[key] = value
                self._kept.move_to_end(key)
            self._shrink()

    def offer(self, key: K, value: V) -> None:
        """Keep `value`, unless another of `key` is kept, which may be newer."""
        with self._lock:
            self._kept.setdefault(key, value)
            self._shrink()

    def drop(self, key: K) -> None:
        """Forget the value of `key`."""
        with self._lock:
            self._kept.pop(key, None)

    def _shrink(self) -> None:
        while len(self._kept) > self.size:
            self._kept.popitem(last=False)
