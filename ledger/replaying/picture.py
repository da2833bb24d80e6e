"""A case as one flat table, path to plain value, and what each entry changes in it.

A member of a set has a path of its own, which holds true, so that each has the
entry that brought it. What is not set has no path. An entry's own version and
time are no part of the picture: every entry changes those.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ledger.case import Case
from ledger.codec import personal_fields
from ledger.entry import Entry
from ledger.history import History
from ledger.history_events import FactRecorded, FactSuperseded
from ledger.personal import Hidden
from ledger.projections.folds import State, evolve_state

Values = dict[str, Any]
Changes = dict[str, tuple[Any, Any]]

_EVERY_ENTRYS = frozenset({"id", "version", "changed_at"})


@dataclass(frozen=True, slots=True)
class HiddenAt:
    """What stands for a personal field that cannot be seen; written again, it is another."""

    why: Hidden
    version: int


class Picture:
    """A case as the entries given to `add` leave it, in `values`.

    With `hidden`, every personal field is shown as that. `status` says how an
    imported case stands.
    """

    def __init__(
        self, *, hidden: Hidden | None, status: Callable[[History], str] | None = None
    ) -> None:
        self.values: Values = {}
        self._hidden = hidden
        self._status = status
        self._state: State | None = None
        self._of_state: Values = {}

    def add(self, entry: Entry) -> Changes:
        """Let the case become what `entry` makes of it; return old and new by path."""
        self._state = evolve_state(self._state, entry)
        written = dict(self._personal(entry))
        if isinstance(self._state, Case):
            now = dict(_flat("", _plain(self._state)))
            written |= dict.fromkeys(self._of_state.keys() - now.keys()) | now
            self._of_state = now
        else:
            written |= self._of_history(self._state, entry)
        changes = {
            path: (old, new)
            for path, new in sorted(written.items())
            if (old := self.values.get(path)) != new
        }
        for path, (_, new) in changes.items():
            if new is None:
                del self.values[path]
            else:
                self.values[path] = new
        return changes

    def _of_history(self, history: History, entry: Entry) -> Values:
        event, values = entry.event, dict[str, Any]()
        if isinstance(event, FactRecorded):
            fact = {"counts": True, **msgspec.to_builtins(history.told[-1])}
            values = dict(_flat(f"facts.{fact.pop('version')}.", fact))
        elif isinstance(event, FactSuperseded):
            values = {f"facts.{event.version}.counts": False}
        if self._status is not None:
            values["status"] = self._status(history)
        values |= {"register": history.register, "number": history.number}
        return values | ({} if history.mapping is None else {"mapping": history.mapping})

    def _personal(self, entry: Entry) -> Iterator[tuple[str, Any]]:
        before = f"facts.{entry.version}." if isinstance(entry.event, FactRecorded) else ""
        for name in personal_fields(entry.event):
            value = getattr(entry.event, name) if self._hidden is None else self._hidden
            if isinstance(value, Hidden):
                yield f"{before}{name}", HiddenAt(value, entry.version)
            else:
                yield from _flat(before, {name: msgspec.to_builtins(value)})


def _plain(case: Case) -> Values:
    plain: Values = msgspec.to_builtins(case)
    for name in plain:
        if isinstance(getattr(case, name), frozenset):
            plain[name] = dict.fromkeys(plain[name], True)
    plain["deferred"] = {each.pop("material"): each for each in plain["deferred"]}
    return {name: value for name, value in plain.items() if name not in _EVERY_ENTRYS}


def _flat(before: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{before}{name}.", value)
        elif value is not None and value != "":
            yield f"{before}{name}", value
