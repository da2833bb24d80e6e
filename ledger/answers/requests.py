"""Persons' requests about their data, as they are shown to them and to who decides."""

from datetime import date
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from ledger.answers.cases import Moment
from ledger.person_request import PersonRequest
from ledger.personal import Hidden
from ledger.request_events import Kind


class ShownRequest(Struct):
    """A request as it stands; `words` and `reason` are `null` where nobody reads them now.

    `position` is told of what was just done.
    """

    id: UUID
    kind: Kind
    status: str
    overdue: bool
    made_at: Moment
    due: date
    term: str
    case: UUID | None
    words: str | None
    decided_at: Moment | None
    ground: str | None
    reason: str | None
    position: int | UnsetType = UNSET


class OwnRequests(Struct):
    """All that a person asked, in the order they did."""

    requests: list[ShownRequest]


class ListedRequest(Struct):
    """A request without what was written; `subject` is the person's pseudonym."""

    position: int
    id: UUID
    subject: str
    kind: str
    status: str
    made_at: Moment
    ends_at: Moment
    overdue: bool


class RequestPage(Struct):
    """A page of requests; `next` leads on."""

    requests: list[ListedRequest]
    next: str | None


def shown(request: PersonRequest, position: int | UnsetType = UNSET) -> ShownRequest:
    """Return a request as it is shown; `position` is where the last of it was recorded."""
    return ShownRequest(
        id=request.id,
        kind=request.kind,
        status=str(request.status),
        overdue=request.overdue,
        made_at=request.made_at,
        due=request.due,
        term=request.term,
        case=request.case,
        words=None if isinstance(request.words, Hidden) else request.words,
        decided_at=request.decided_at,
        ground=request.ground,
        reason=None if isinstance(request.reason, Hidden) else request.reason,
        position=position,
    )
