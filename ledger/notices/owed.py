"""Which entries a person is told of: what they wait for, and what they have to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID, uuid5

from ledger.entry import Entry
from ledger.events import (
    AcceptanceDeemed,
    AcceptedWithTolerance,
    ApplicationAccepted,
    ApplicationReceived,
    CorrectionRequested,
    DecisionServed,
    NotRequired,
    RejectedAtIntake,
    ToleranceLapsed,
)

SOON_DUE: Final = "due-soon"
"""The kind that looks ahead: all others tell what was."""
_NOTICES = UUID("1e4c1e57-0a33-4a3e-8c5d-1f7a9f2b6d18")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A notice that is owed, before it is known where the person is told."""

    id: UUID
    kind: str
    case_id: UUID
    subject: str
    position: int
    until: date | None = None
    owed: int = 0


def owed_for(entry: Entry) -> Iterator[Owed]:
    """Yield the notice that `entry` brings about, if it does."""
    found = _kind(entry)
    if found is not None and entry.subject is not None:
        kind, until, owed = found
        yield Owed(
            id=uuid5(_NOTICES, f"{entry.stream}:{entry.version}:{kind}"),
            kind=kind,
            case_id=entry.stream,
            subject=entry.subject,
            position=entry.position,
            until=until,
            owed=owed,
        )


def due_soon(case_id: UUID, subject: str, duty: str, until: date, position: int) -> Owed:
    """Return the notice that a duty of the person's ends soon: one for each last day."""
    return Owed(
        id=uuid5(_NOTICES, f"{case_id}:{duty}:{until}"),
        kind=SOON_DUE,
        case_id=case_id,
        subject=subject,
        position=position,
        until=until,
    )


def _kind(entry: Entry) -> tuple[str, date | None, int] | None:
    match entry.event:
        case ApplicationReceived():
            return "received", None, 0
        case ApplicationAccepted() | AcceptanceDeemed():
            return "accepted", None, 0
        case AcceptedWithTolerance() as event:
            return "accepted-owing", _last(event), len(event.deferred)
        case CorrectionRequested() as event:
            return "correction", event.due.due, len(event.materials)
        case RejectedAtIntake() | NotRequired():
            return "not-accepted", None, 0
        case ToleranceLapsed():
            return "lapsed", None, 0
        case DecisionServed():
            return "served", None, 0
        case _:
            return None


def _last(event: AcceptedWithTolerance) -> date | None:
    return min((each.due.due for each in event.deferred), default=None)
