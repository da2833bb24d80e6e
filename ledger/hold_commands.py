"""Holding a person's data: a reason not to erase them yet, as a word out of a list."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ledger.retention_events import HoldReason


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldData:
    """Erase nothing of the person until a day, or until this is released."""

    subject: str
    hold: UUID
    reason: HoldReason
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold:
    """The reason is gone."""

    subject: str
    hold: UUID


HoldCommand = HoldData | ReleaseHold
