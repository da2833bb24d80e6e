"""Entries of the whole log, in its order, by kind, actor and either time; always sealed.

Nothing is indexed for it: times of recording only grow along the log, so a moment is found
by halving, and one question looks at so many entries and says how far it came.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger.application import Ledger
from ledger.entry import Entry

LOOKED_AT: Final = 10_000
"""So many entries one page costs at most, found or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries; whatever is left out does not narrow, and each bound is inclusive."""

    event: str | None = None
    stream: UUID | None = None
    role: str | None = None
    actor: str | None = None
    authority: str | None = None
    item: str | None = None
    recorded_from: datetime | None = None
    recorded_until: datetime | None = None
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    from_position: int = 1
    until_position: int | None = None

    def admits(self, entry: Entry) -> bool:
        """Tell whether `entry` is one of them, wherever it stands."""
        actor = entry.actor
        return (
            self.event in (None, entry.name)
            and self.stream in (None, entry.stream)
            and self.role in (None, str(actor.role))
            and self.actor in (None, actor.id)
            and self.authority in (None, actor.authority)
            and self.item in (None, entry.item)
            and _within(entry.recorded_at, self.recorded_from, self.recorded_until)
            and _within(entry.effective_at, self.effective_from, self.effective_until)
        )


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """A page, and the position after which the next begins, or `None` at the end."""

    entries: list[Entry]
    next: int | None


def find_entries(ledger: Ledger, wanted: Wanted, *, after: int, limit: int) -> FoundEntries:
    """Return up to `limit` entries beyond position `after`.

    A page that is not full may still have a next one: it came to its bound.
    """
    start, end = _bounds(ledger, wanted, after)
    stop = min(end, start + LOOKED_AT)
    found: list[Entry] = []
    for entry in _read(ledger, wanted, start, stop):
        if wanted.admits(entry):
            found.append(entry)
            if len(found) == limit:
                stop = entry.position
                break
    return FoundEntries(found, stop if stop < end else None)


def _bounds(ledger: Ledger, wanted: Wanted, after: int) -> tuple[int, int]:
    """Return after which position to look, and up to which."""
    start = max(after, wanted.from_position - 1)
    if wanted.recorded_from is not None:
        start = max(start, _before(ledger, wanted.recorded_from))
    head = ledger.head
    return start, head if wanted.until_position is None else min(head, wanted.until_position)


def _read(ledger: Ledger, wanted: Wanted, start: int, stop: int) -> Iterator[Entry]:
    if wanted.stream is not None:
        entries = ledger.entries(wanted.stream, opened=False)
        yield from (each for each in entries if start < each.position <= stop)
        return
    for entry in ledger.read(start, until=stop):
        if wanted.recorded_until is not None and entry.recorded_at > wanted.recorded_until:
            return
        yield entry


def _before(ledger: Ledger, moment: datetime) -> int:
    """Return the last position that was recorded before `moment`, or 0."""
    low, high = 0, ledger.head
    while low < high:
        middle = (low + high + 1) // 2
        [entry] = ledger.read(middle - 1, until=middle)
        low, high = (middle, high) if entry.recorded_at < moment else (low, middle - 1)
    return low


def _within(moment: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or moment >= since) and (until is None or moment <= until)
