"""Hand-overs as they are listed, shown, and answered with after a command."""

from typing import Annotated, Literal, TypedDict
from uuid import UUID

from msgspec import Meta

from ledger.agreements import Mode
from ledger.answers.cases import Moment, Position
from ledger.answers.entries import ShownEntry

HexId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", description="An id, without hyphens.")]


class HandoverAnswer(TypedDict):
    """What a command did to a hand-over."""

    handover_id: UUID
    status: str
    version: int
    position: Position


class _Handover(TypedDict):
    mode: Mode
    region: str
    authority: str
    item: str
    subject: str
    status: str
    receipt: str
    begun_at: Moment
    changed_at: Moment
    version: int


class HandoverRow(_Handover):
    """A hand-over in the list; `about` is its name in messages."""

    id: HexId
    about: HexId


class HandoverPage(TypedDict):
    """A page of hand-overs; `next` is the `after` of the next one, or null."""

    handovers: list[HandoverRow]
    next: str | None


class HandoverState(_Handover):
    """A hand-over, with the other side's case and the consent it went on, if any."""

    id: UUID
    about: UUID
    jurisdiction: str
    case: UUID | None
    told: list[str]
    submitted: list[str]
    recommendation: str | None
    consent: UUID | None
    is_over: bool


class Message(TypedDict):
    """What was said to another region, or by it, about a hand-over."""

    region: str
    direction: Literal["sent", "received"]
    sequence: int
    kind: str
    position: Position
    acknowledged: int | None
    refused: int


class ShownHandover(TypedDict):
    """A hand-over, what is recorded of it here, and what became of its messages."""

    handover: HandoverState
    entries: list[ShownEntry]
    messages: list[Message]
