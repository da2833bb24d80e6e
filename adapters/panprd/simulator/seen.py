"""One-time keys the simulated region has seen, for as long as they could come again.

They are kept in memory only: a region for real keeps them with what it records.
"""

from collections.abc import Iterable
from datetime import datetime


class Seen:
    """Remembers one-time keys until the tokens they came with have expired."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def consume(self, keys: Iterable[str], *, until: datetime, now: datetime) -> bool:
        """Take all of `keys`, or none and say False if one was taken before."""
        self._until = {key: end for key, end in self._until.items() if end >= now}
        if any(key in self._until for key in keys):
            return False
        self._until.update(dict.fromkeys(keys, until))
        return True
