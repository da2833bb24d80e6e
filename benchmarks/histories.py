"""Entries of imported cases that never were, as many as are asked for.

They are what a delivery of the log in `made_up` would record, made without
reading a file and under one subject's key, so that a million are soon there.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from benchmarks.made_up import BEGINNING, STEPS, mapping
from ledger.actor import SYSTEM
from ledger.entry import Entry, Event
from ledger.history_events import (
    FactRecorded,
    HistoryOpened,
    MappingRecorded,
    history_id,
    mapping_id,
)

_REGISTER = "made-up"
_AT_ONCE = 1_000


def histories(
    count: int, at: datetime, steps: Sequence[str] = STEPS
) -> Iterator[Sequence[Entry]]:
    """Yield `count` entries in batches, all recorded `at`.

    First comes a mapping's, then those of each case: its opening, and one a step.
    """
    entries = islice(_entries(at, steps), count)
    while batch := list(islice(entries, _AT_ONCE)):
        yield batch


def _entries(at: datetime, steps: Sequence[str]) -> Iterator[Entry]:
    meaning = mapping()
    document, digest = meaning.dump(), meaning.digest
    told = MappingRecorded(digest=digest, document=document)
    yield _entry(mapping_id(digest), 1, told, at, at)
    number = 0
    while True:
        stream = history_id(_REGISTER, f"A{number}")
        opened = HistoryOpened(register=_REGISTER, number=f"A{number}", attributes=())
        yield _entry(stream, 1, opened, at, at, subject=_REGISTER)
        for day, step in enumerate(steps):
            fact = FactRecorded(
                delivery=1,
                mapping=digest,
                activity=step,
                answer=None,
                fact=step.upper(),
                matched=(("dismissal", "G" if number % 40 == 0 else "NIL"),),
                attributes=(("string", "org:resource", str(500 + number % 90)),),
            )
            happened = BEGINNING + timedelta(days=day, minutes=number)
            yield _entry(stream, day + 2, fact, at, happened, subject=_REGISTER)
        number += 1


def _entry(
    stream: UUID,
    version: int,
    event: Event,
    at: datetime,
    happened: datetime,
    subject: str | None = None,
) -> Entry:
    return Entry(
        stream=stream,
        version=version,
        event=event,
        recorded_at=at,
        effective_at=happened,
        actor=SYSTEM,
        subject=subject,
    )
