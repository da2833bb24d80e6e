"""An imported case, folded from the facts its source recorded.

Order and time of facts play no part in the status: the mapping of the last
delivery that added to the case looks at which facts there are.
"""

from datetime import datetime
from typing import TypeGuard, assert_never, get_args
from uuid import UUID

import msgspec
from msgspec.structs import replace

from ledger.entry import Entry, Event
from ledger.errors import LogDamaged
from ledger.history_events import (
    DeliveryBegun,
    DeliveryFinished,
    FactRecorded,
    FactSuperseded,
    HistoryEvent,
    HistoryOpened,
    MappingRecorded,
)


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A recorded fact as the fold keeps it; `version` is its entry's."""

    version: int
    activity: str
    answer: str | None
    fact: str | None
    matched: tuple[tuple[str, str], ...]
    occurred_at: datetime
    source_recorded_at: datetime | None


class History(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An imported case: every fact told of it, and those a later delivery took back."""

    id: UUID
    version: int
    register: str
    number: str
    mapping: str | None = None
    told: tuple[Fact, ...] = ()
    superseded: frozenset[int] = frozenset()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that count."""
        if not self.superseded:
            return self.told
        return tuple(fact for fact in self.told if fact.version not in self.superseded)


def evolve_history(history: History | None, entry: Entry) -> History:
    """Return the history as `entry` leaves it."""
    event = entry.event
    if isinstance(event, HistoryOpened):
        return History(
            id=entry.stream, version=entry.version, register=event.register, number=event.number
        )
    if history is None or not _is_of_a_history(event):
        raise LogDamaged(
            f"version {entry.version} of {entry.stream} is not about an open history"
        )
    return _evolve(history, entry, event)


_KINDS = frozenset(get_args(HistoryEvent))


def _is_of_a_history(event: Event) -> TypeGuard[HistoryEvent]:
    return type(event) in _KINDS


def _evolve(history: History, entry: Entry, event: HistoryEvent) -> History:
    match event:
        case FactRecorded():
            fact = Fact(
                version=entry.version,
                activity=event.activity,
                answer=event.answer,
                fact=event.fact,
                matched=event.matched,
                occurred_at=entry.effective_at,
                source_recorded_at=entry.source_recorded_at,
            )
            return replace(
                history,
                version=entry.version,
                mapping=event.mapping,
                told=(*history.told, fact),
            )
        case FactSuperseded():
            return replace(
                history,
                version=entry.version,
                mapping=event.mapping,
                superseded=history.superseded | {event.version},
            )
        case HistoryOpened() | MappingRecorded() | DeliveryBegun() | DeliveryFinished():
            return replace(history, version=entry.version)
        case _:
            assert_never(event)
