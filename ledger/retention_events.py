"""What is recorded of the end of keeping a person's data, and of what puts it off.

It stands in the stream of how the person's data stand, beside restriction and
erasure. Nothing here is personal, so it outlives the person's key.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from ledger.personal import Recorded

HoldReason = Literal["litigation", "reconsideration", "post-check", "investigation"]


class DataHeld(Recorded, frozen=True):
    """Nothing of the person is erased while this stands; until a day, or until released."""

    hold: UUID
    reason: HoldReason
    until: date | None


class HoldReleased(Recorded, frozen=True):
    """The reason to hold the data is gone."""

    hold: UUID


class RetentionEnded(Recorded, frozen=True):
    """The last period ran out: nothing that was kept for the person needs to be any more.

    `last_day` is the last of all periods, on the law `basis`; `items` are those whose
    cases there were. They are erased on `erased_from` or after.
    """

    last_day: date
    basis: str
    items: tuple[str, ...]
    erased_from: date


RetentionEvent = DataHeld | HoldReleased | RetentionEnded

RETENTION_EVENTS: Mapping[str, type[RetentionEvent]] = {
    "retention.held.v1": DataHeld,
    "retention.released.v1": HoldReleased,
    "retention.ended.v1": RetentionEnded,
}
