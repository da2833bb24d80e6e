"""Entries of cases with the cases they are about, so that somebody may be told of them.

What one may see is asked of the case as it stands now, not as it stood then: an entry
from before the case had an authority is that authority's to see, too.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from uuid import UUID

from ledger.access import may_read
from ledger.actor import OWN, Actor
from ledger.entries import Entries
from ledger.entry import Entry
from ledger.errors import LogDamaged
from ledger.projections.folds import CASE_KINDS, State, evolve_state
from ledger.subscription import Wanted

_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Sight:
    """An entry, personal fields sealed, and its case as it stands."""

    entry: Entry
    state: State

    def shown_to(self, actor: Actor) -> bool:
        """Tell whether `actor` may know of it, as `ledger.access` has it."""
        return may_read(actor, self.state)


class Sights:
    """Reads entries of cases from a log; for one thread at a time."""

    def __init__(self, log: Entries) -> None:
        self._log = log
        self._states: OrderedDict[UUID, State] = OrderedDict()

    def of(self, entries: Iterable[Entry]) -> Iterator[Sight]:
        """Yield what of `entries` is about cases that can be read."""
        for entry in entries:
            if type(entry.event) in CASE_KINDS:
                state = self._state(entry)
                if state is not None:
                    yield Sight(entry, state)

    def shown(self, entries: Iterable[Entry], actor: Actor, wanted: Wanted) -> Iterator[Sight]:
        """Yield what of `entries` is wanted and may be seen by `actor`."""
        theirs = actor.principal if actor.role in OWN else None
        likely = (
            entry
            for entry in entries
            if wanted.admits(entry) and (theirs is None or entry.subject == theirs)
        )
        return (sight for sight in self.of(likely) if sight.shown_to(actor))

    def of_cases(self, cases: Collection[UUID], after: int, until: int) -> Iterator[Entry]:
        """Yield the entries of these streams beyond position `after`, in the log's order."""
        streams = [self._log.entries(case, opened=False) for case in sorted(cases)]
        for entry in merge(*streams, key=lambda entry: entry.position):
            if after < entry.position <= until:
                yield entry

    def _state(self, entry: Entry) -> State | None:
        known = self._states.pop(entry.stream, None)
        if known is None or known.version < entry.version:
            beyond = 0 if known is None else known.version
            try:
                for each in self._log.entries_beyond(entry.stream, beyond):
                    known = evolve_state(known, each)
            except LogDamaged:
                # Whose it is cannot be told, so it is nobody's to see.
                return None
        if known is not None:
            self._states[entry.stream] = known
            if len(self._states) > _KEPT:
                self._states.popitem(last=False)
        return known
