"""The state of each case as entries pass by, for views whose rows show it.

States are kept for the streams seen last; another is folded again from the
log, so a view never needs a state of its own to go on from. Views that are given
the same entries one after another share what the first of them folded.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from uuid import UUID

from ledger.case import Case, evolve
from ledger.entry import Entry
from ledger.errors import LogDamaged
from ledger.events import CASE_EVENTS
from ledger.history import History, evolve_history
from ledger.history_events import (
    FactRecorded,
    FactSuperseded,
    HistoryOpened,
    MappingRecorded,
    mapping_id,
)
from ledger.importing.mapping import Mapping

State = Case | History
Load = Callable[[UUID], Iterable[Entry]]

_CASE = frozenset(CASE_EVENTS.values())
_HISTORY = frozenset({HistoryOpened, FactRecorded, FactSuperseded})
CASE_KINDS = _CASE | _HISTORY
_KEPT = 5_000
_GIVEN_AGAIN = 2_000


class Folds:
    """Cases and histories, each after the last entry given to `apply`.

    `load` returns every entry of a stream that may count, in order.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        # By number: a UUID is hashed by a method of Python's, which shows where it is the key.
        self._states: OrderedDict[int, State] = OrderedDict()
        self._left: OrderedDict[tuple[int, int], State] = OrderedDict()
        self._mapping = lru_cache(maxsize=64)(self._load_mapping)
        self.status = lru_cache(maxsize=4096)(self._status)

    def apply(self, entry: Entry) -> State | None:
        """Return the state `entry` leaves, or `None` for entries about no case."""
        kind = type(entry.event)
        if kind not in CASE_KINDS:
            return None
        stream = entry.stream.int
        known = self._left.get((stream, entry.version))
        if known is not None:
            return known
        before = self._states.pop(stream, None)
        if before is not None and before.version != entry.version - 1:
            before = None
        if before is None and entry.version > 1:
            before = self._before(entry)
        after = evolve_state(before, entry)
        self._states[stream] = self._left[stream, entry.version] = after
        if len(self._states) > _KEPT:
            self._states.popitem(last=False)
        if len(self._left) > _GIVEN_AGAIN:
            self._left.popitem(last=False)
        return after

    def mapping(self, digest: str) -> Mapping:
        """Return the mapping recorded in the log under `digest`."""
        return self._mapping(digest)

    def _status(
        self, digest: str, facts: frozenset[str], matched: frozenset[tuple[str, str]]
    ) -> str:
        """What a mapping makes of the facts there are and of their attributes."""
        return self._mapping(digest).status(facts, matched)

    def _before(self, entry: Entry) -> State | None:
        state: State | None = None
        for earlier in self._load(entry.stream):
            if earlier.version >= entry.version:
                break
            state = evolve_state(state, earlier)
        return state

    def _load_mapping(self, digest: str) -> Mapping:
        for entry in self._load(mapping_id(digest)):
            if isinstance(entry.event, MappingRecorded):
                return Mapping.load(entry.event.document)
        raise LogDamaged(f"mapping {digest[:12]} is used but was never recorded")


def evolve_state(state: State | None, entry: Entry) -> State:
    """Fold a case of ours or an imported one, whichever `entry` is about."""
    if type(entry.event) in _CASE:
        if isinstance(state, History):
            raise LogDamaged(f"{entry.stream} is a history with an event of a case")
        return evolve(state, entry)
    if isinstance(state, Case):
        raise LogDamaged(f"{entry.stream} is a case with an event of a history")
    return evolve_history(state, entry)
