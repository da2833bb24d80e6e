"""A person's request about their data as its entries leave it; `evolve` never refuses."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from ledger.entry import Entry
from ledger.errors import LogDamaged
from ledger.personal import Hidden
from ledger.request_events import (
    Kind,
    RequestGranted,
    RequestMade,
    RequestOverdue,
    RequestRefused,
    RequestWithdrawn,
)


class Progress(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PersonRequest(Struct, frozen=True, kw_only=True):
    """What a rule may look at; `words` and `reason` are sealed to whoever may not see them."""

    id: UUID
    version: int
    subject: str
    kind: Kind
    status: Progress
    made_at: datetime
    due: date
    ends_at: datetime
    term: str
    overdue: bool = False
    case: UUID | None = None
    words: str | Hidden = ""
    decided_at: datetime | None = None
    ground: str | None = None
    reason: str | Hidden | None = None

    def __repr__(self) -> str:
        return f"PersonRequest(id={self.id}, kind={self.kind}, status={self.status})"


def fold_request(entries: Iterable[Entry]) -> PersonRequest | None:
    """Replay `entries` from the first on."""
    request: PersonRequest | None = None
    for entry in entries:
        request = evolve_request(request, entry)
    return request


def evolve_request(request: PersonRequest | None, entry: Entry) -> PersonRequest:
    """Return the request as `entry` leaves it."""
    event = entry.event
    if isinstance(event, RequestMade):
        return PersonRequest(
            id=entry.stream,
            version=entry.version,
            subject=entry.subject or "",
            kind=event.kind,
            status=Progress.OPEN,
            made_at=entry.recorded_at,
            due=event.due,
            ends_at=event.ends_at,
            term=event.term,
            case=event.case,
            words=event.words,
        )
    if request is None:
        raise LogDamaged(f"request {entry.stream} begins with a {entry.name}")
    request = replace(request, version=entry.version)
    match event:
        case RequestGranted():
            return _decided(request, Progress.GRANTED, entry, event.ground, event.reason)
        case RequestRefused():
            return _decided(request, Progress.REFUSED, entry, event.ground, event.reason)
        case RequestWithdrawn():
            return replace(request, status=Progress.WITHDRAWN, decided_at=entry.recorded_at)
        case RequestOverdue():
            return replace(request, overdue=True)
        case _:
            raise LogDamaged(f"request {entry.stream} has a {entry.name}")


def _decided(
    request: PersonRequest, status: Progress, entry: Entry, ground: str, reason: str | Hidden
) -> PersonRequest:
    return replace(
        request, status=status, decided_at=entry.recorded_at, ground=ground, reason=reason
    )
