"""Which entry changed what: one step after another, or between two points.

A point need not be a prefix of the log. What took effect earlier may have been
recorded later, so between two times entries may come in among the others.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.cut import Cut
from ledger.entry import Entry
from ledger.history import History
from ledger.personal import Hidden
from ledger.replaying.picture import Picture

Status = Callable[[History], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point to see a case at: after a version of it, at a `cut`, or both."""

    cut: Cut = Cut()
    version: int | None = None

    def admits(self, entry: Entry) -> bool:
        """Tell whether `entry` counts."""
        return (self.version is None or entry.version <= self.version) and self.cut.admits(
            entry
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one path, and the entry that last changed it; `None` is nothing there."""

    path: str
    old: Any
    new: Any
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry, and everything it changed."""

    entry: Entry
    changes: tuple[Change, ...]


def steps(
    entries: Iterable[Entry], *, hidden: Hidden | None, status: Status | None = None
) -> Iterator[Step]:
    """Yield each entry of a case with what it changed."""
    picture = Picture(hidden=hidden, status=status)
    for entry in entries:
        changed = picture.add(entry).items()
        changes = (
            Change(path=path, old=old, new=new, entry=entry) for path, (old, new) in changed
        )
        yield Step(entry=entry, changes=tuple(changes))


def diff(
    before: Sequence[Entry],
    after: Sequence[Entry],
    *,
    hidden: Hidden | None,
    status: Status | None = None,
) -> list[Change]:
    """Return how the case of `after` differs from that of `before`, by path.

    The entry is the last that only one of the two has, of those that changed the
    path; or, where one that both have only meets another state, that one.
    """
    old, changed_before = _told(before, Picture(hidden=hidden, status=status))
    new, changed_after = _told(after, Picture(hidden=hidden, status=status))
    between = {entry.version for entry in before} ^ {entry.version for entry in after}
    changes = []
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) == new.get(path):
            continue
        changed = [*changed_before[path], *changed_after[path]]
        cause = max(changed, key=lambda entry: (entry.version in between, entry.version))
        changes.append(Change(path=path, old=old.get(path), new=new.get(path), entry=cause))
    return changes


def _told(
    entries: Iterable[Entry], picture: Picture
) -> tuple[dict[str, Any], defaultdict[str, list[Entry]]]:
    changed = defaultdict[str, list[Entry]](list)
    for entry in entries:
        for path in picture.add(entry):
            changed[path].append(entry)
    return picture.values, changed
