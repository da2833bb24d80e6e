"""What a batch is about to add to the log, while its jobs are being decided.

A job sees what those before it added. Nothing of it is true before the batch
is committed, and all of it is dropped if it cannot be.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from msgspec.structs import replace

from ledger.case import Case
from ledger.entry import Entry
from ledger.errors import UsedBefore
from ledger.once import Once, Used

T = TypeVar("T")


@dataclass(slots=True)
class Draft:
    """A batch on top of the first `head` positions of the log.

    `used` has those of its one-time keys that were used before it, and `persons` what
    it adds to the streams of how persons' data stand.
    """

    head: int
    last_recorded: datetime
    used: Mapping[bytes, Used] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    once: dict[bytes, Used] = field(default_factory=dict)
    answers: dict[bytes, Any] = field(default_factory=dict)
    cases: dict[UUID, Case] = field(default_factory=dict)
    persons: dict[UUID, list[Entry]] = field(default_factory=dict)

    def used_for(self, key: bytes) -> Used | None:
        """Return what `key` was used for, before this batch or in it."""
        return self.once.get(key) or self.used.get(key)

    def check_unused(self, keys: Sequence[Once]) -> None:
        """Raise `UsedBefore` unless each of `keys` is new, also among themselves."""
        twice = len({key.key for key in keys}) < len(keys)
        if twice or any(self.used_for(key.key) is not None for key in keys):
            raise UsedBefore("this was used once already")

    def add(self, entries: Sequence[Entry], once: Sequence[Once]) -> tuple[Entry, ...]:
        """Add `entries` behind all others, recorded no earlier than they were."""
        added = tuple(self._placed(entry) for entry in entries)
        self.entries += added
        for key in once:
            self.once[key.key] = Used(
                body=key.body, first=added[0].position, last=added[-1].position
            )
        return added

    def add_of_person(self, entries: Sequence[Entry], once: Sequence[Once] = ()) -> None:
        """Add `entries`, and let later jobs see them in their streams of persons."""
        for entry in self.add(entries, once):
            self.persons.setdefault(entry.stream, []).append(entry)

    def _placed(self, entry: Entry) -> Entry:
        self.head += 1
        self.last_recorded = max(self.last_recorded, entry.recorded_at)
        return replace(entry, position=self.head, recorded_at=self.last_recorded)


Look = Callable[[Draft], Iterable[T]]
"""What a job looks at, which may be in the draft already."""


def nothing(draft: Draft) -> tuple[()]:
    """Find nothing to look at."""
    del draft
    return ()
