"""The log in batches for views: every position once, in order, or nothing beyond it.

An entry that does not decode takes its place in the batch as unreadable, so
that it can be set aside by position instead of hiding what comes after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, cast
from uuid import UUID

from ledger.application import Ledger
from ledger.entry import EVENT_TYPES, Entry, Event
from ledger.errors import LogDamaged

BATCH: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An entry whose stored bytes are not one; the columns beside them say whose it was."""

    position: int
    stream: UUID
    kind: type[Event] | None


Read = Entry | Unreadable


def next_batch(
    ledger: Ledger, after: int, *, until: int | None = None, most: int = BATCH
) -> list[Read]:
    """Return up to `most` entries that follow position `after`.

    None are left at the head of the log, or at `until`.
    Raises `LogDamaged` where the next position is missing.
    """
    try:
        batch: list[Read] = list(islice(ledger.read(after, until=until), most))
    except LogDamaged:
        batch = list(_one_by_one(ledger, after, until, most))
    for expected, read in enumerate(batch, start=after + 1):
        if read.position != expected:
            if expected == after + 1:
                raise LogDamaged(f"position {expected} is missing")
            return batch[: expected - after - 1]
    return batch


def _one_by_one(ledger: Ledger, after: int, until: int | None, most: int) -> Iterator[Read]:
    for stored in islice(ledger.notifications(after, until=until), most):
        try:
            yield ledger.codec.read(stored, position=stored.id, opened=False)
        except LogDamaged:
            yield Unreadable(
                position=stored.id,
                stream=cast("UUID", stored.originator_id),
                kind=EVENT_TYPES.get(stored.topic),
            )
