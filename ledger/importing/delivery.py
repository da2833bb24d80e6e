"""A delivery being recorded: what it tells of each case and the log does not have.

Two deliveries speak of the same event when case, folded activity and time of
occurrence are equal, counted with multiplicity.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.actor import Actor, Channel, Role
from ledger.application import Ledger
from ledger.entry import Entry
from ledger.errors import CaseChanged
from ledger.history import Fact, History, evolve_history
from ledger.history_events import (
    DeliveryBegun,
    DeliveryFinished,
    FactRecorded,
    FactSuperseded,
    HistoryEvent,
    HistoryOpened,
    MappingRecorded,
    history_id,
    mapping_id,
    register_id,
)
from ledger.importing import Fact as Told
from ledger.importing import Mapping, Spool, SpooledCase
from ledger.subject_events import Standing

BATCH = 1_000
_Key = tuple[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one import run did; `not_mentioned` are the register's cases the log leaves out."""

    cases: int
    events: int
    new: int = 0
    same: int = 0
    conflicting: int = 0
    not_mentioned: int = 0
    examples: tuple[str, ...] = ()


class Delivery:
    """One delivery being recorded, a batch of whole cases at a time."""

    def __init__(self, ledger: Ledger, register: str, mapping: Mapping) -> None:
        self._ledger = ledger
        self._register = register
        self._mapping = mapping
        self._stream = register_id(register)
        self._before = ledger.entries(self._stream, opened=False)
        self._number = sum(isinstance(e.event, DeliveryBegun) for e in self._before)
        self._actor = Actor(
            role=Role.OPERATOR, id="import", principal=register, channel=Channel.IMPORT
        )
        self._batch: list[Entry] = []
        self._now = ledger.now()
        self.counts = Counter[str]()

    def begin(self, log: str, sha256: str) -> None:
        """Record the mapping once, and that this delivery began, unless it resumes."""
        if not self._ledger.entries(mapping_id(self._mapping.digest), opened=False):
            mapping = MappingRecorded(
                digest=self._mapping.digest, document=self._mapping.dump()
            )
            # Another server may import under the same mapping, and be first.
            with suppress(CaseChanged):
                self._ledger.record([self._entry(mapping_id(mapping.digest), 1, mapping)])
        last = self._before[-1].event if self._before else None
        resumes = isinstance(last, DeliveryBegun) and (last.sha256, last.mapping) == (
            sha256,
            self._mapping.digest,
        )
        if not resumes:
            self._number += 1
            self._keep(
                DeliveryBegun(
                    register=self._register,
                    number=self._number,
                    log=log,
                    sha256=sha256,
                    mapping=self._mapping.digest,
                )
            )

    def record(self, case: SpooledCase) -> None:
        """Add what `case` tells and the log does not have; committed with its batch."""
        self._batch += self._differences(case)
        if len(self._batch) >= BATCH:
            self._flush()

    def finish(
        self, spool: Spool, sha256: str, missing: tuple[int, tuple[str, ...]]
    ) -> Delivered:
        """Commit the last batch, and remember the file by its digest."""
        self._flush()
        not_mentioned, examples = missing
        self._keep(
            DeliveryFinished(
                number=self._number,
                sha256=sha256,
                mapping=self._mapping.digest,
                cases=spool.cases,
                events=spool.events,
                not_mentioned=not_mentioned,
            )
        )
        return Delivered(
            cases=spool.cases,
            events=spool.events,
            new=self.counts["new"],
            same=self.counts["same"],
            conflicting=self.counts["conflicting"],
            not_mentioned=not_mentioned,
            examples=examples,
        )

    def _differences(self, case: SpooledCase) -> Iterator[Entry]:
        stream = history_id(self._register, case.number)
        if self._before and self._ledger.standing(_subject(stream)) is Standing.ERASED:
            # Nothing more is kept of them, so the delivery tells nothing new here.
            self.counts["same"] += len(case.facts)
            return
        history = self._history(case.number)
        version = 0 if history is None else history.version
        if history is None:
            version += 1
            opened = HistoryOpened(
                register=self._register, number=case.number, attributes=case.attributes
            )
            yield self._entry(stream, version, opened, subject=True)
        unmatched = Counter(map(self._key, () if history is None else history.facts))
        for told in case.facts:
            key = self._key(told)
            if unmatched[key]:
                unmatched[key] -= 1
                self.counts["same"] += 1
                continue
            version += 1
            self.counts["new"] += 1
            yield self._fact(stream, version, told)
        for fact in self._contradicted(history, unmatched):
            version += 1
            self.counts["conflicting"] += 1
            yield self._superseded(stream, version, fact)

    def _contradicted(
        self, history: History | None, unmatched: Counter[_Key]
    ) -> Iterator[Fact]:
        for fact in reversed(() if history is None else history.facts):
            key = self._key(fact)
            if unmatched[key]:
                unmatched[key] -= 1
                yield fact

    def _history(self, number: str) -> History | None:
        history: History | None = None
        if self._before:
            stream = history_id(self._register, number)
            for entry in self._ledger.entries(stream, opened=False):
                history = evolve_history(history, entry)
        return history

    def _key(self, fact: Fact | Told) -> _Key:
        return self._mapping.same_activity(fact.activity), fact.occurred_at

    def _fact(self, stream: UUID, version: int, told: Told) -> Entry:
        return self._entry(
            stream,
            version,
            FactRecorded(
                delivery=self._number,
                mapping=self._mapping.digest,
                activity=told.activity,
                answer=told.answer,
                fact=told.fact,
                matched=told.matched,
                attributes=told.attributes,
            ),
            effective_at=told.occurred_at,
            source_recorded_at=told.source_recorded_at,
            subject=True,
        )

    def _superseded(self, stream: UUID, version: int, fact: Fact) -> Entry:
        # It carries the fact's own times, so that asking how things stood at a
        # time counts neither or both.
        return self._entry(
            stream,
            version,
            FactSuperseded(
                delivery=self._number, mapping=self._mapping.digest, version=fact.version
            ),
            effective_at=fact.occurred_at,
            source_recorded_at=fact.source_recorded_at,
        )

    def _keep(self, event: DeliveryBegun | DeliveryFinished) -> None:
        version = len(self._ledger.entries(self._stream, opened=False)) + 1
        self._ledger.record([self._entry(self._stream, version, event)])

    def _flush(self) -> None:
        if self._batch:
            self._ledger.record(self._batch)
            self._batch = []
            self._now = self._ledger.now()

    def _entry(
        self,
        stream: UUID,
        version: int,
        event: HistoryEvent,
        *,
        effective_at: datetime | None = None,
        source_recorded_at: datetime | None = None,
        subject: bool = False,
    ) -> Entry:
        return Entry(
            stream=stream,
            version=version,
            event=event,
            recorded_at=self._now,
            effective_at=effective_at or self._now,
            source_recorded_at=source_recorded_at,
            actor=self._actor,
            subject=_subject(stream) if subject else None,
        )


def _subject(stream: UUID) -> str:
    return f"history:{stream.hex}"
