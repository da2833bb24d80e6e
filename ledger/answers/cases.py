"""Cases as they are listed, found, shown, and answered with after a command."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, NotRequired, TypedDict
from uuid import UUID

from msgspec import Meta

from ledger.calendar import Deadline
from ledger.case import Asked, Follower, Status
from ledger.catalogue import Authority, ServiceItem
from ledger.events import DeferredMaterial

Moment = Annotated[datetime, Meta(tz=True)]
Version = Annotated[int, Meta(ge=1, description="The case's version after it; its `ETag`.")]
Position = Annotated[int, Meta(ge=1, description="Where the log has it.")]


class CommandAnswer(TypedDict):
    """What a command did to a case; `position` makes later reads wait for it."""

    case_id: UUID
    receipt: str
    status: Status
    version: Version
    position: Position
    events: list[str]


class JointReviewAnswer(TypedDict):
    """What asking another region, or no longer asking it, did to a case."""

    case_id: UUID
    review_id: UUID
    status: Status
    version: Version
    position: Position
    waiting_for: list[str]


class _Listed(TypedDict):
    id: UUID
    register: str | None
    number: str
    item: str | None
    authority: str | None
    subject: str | None
    status: str
    first: Moment
    last: Moment
    version: int


class CaseRow(_Listed):
    """A case in the list. An imported one has a `register`, and no item, office or person."""

    events: int


class CaseFound(_Listed):
    """A case that was found; `due` is when the first of its terms ends."""

    due: Moment | None


class Counts(TypedDict):
    """How many cases there are on all pages, and how many with each value."""

    cases: int
    register: Mapping[str, int]
    status: Mapping[str, int]
    authority: Mapping[str, int]
    item: Mapping[str, int]


class CasePage(TypedDict):
    """A page of cases; `next` is the `after` of the next one, or null."""

    cases: list[CaseRow]
    next: str | None
    counts: NotRequired[Counts]


class FoundCounts(Counts):
    """The same of what was found; where there is `more`, of the newest of it."""

    more: NotRequired[bool]


class FoundPage(TypedDict):
    """A page of what was found; `next` is the `after` of the next one, or null.

    `ranked` is how many of the newest were put in order, where that is not all of them.
    """

    cases: list[CaseFound]
    next: str | None
    ranked: NotRequired[int]
    counts: NotRequired[FoundCounts]


class Conflict(TypedDict):
    """An imported fact that a later delivery contradicted; `fact` is its version."""

    register: str
    number: str
    fact: int
    activity: str
    occurred_at: Moment


class Conflicts(TypedDict):
    """A page of them, in the order of registers and numbers."""

    conflicts: list[Conflict]
    next: str | None


class CaseState(TypedDict):
    """A case of ours, without personal fields; `duties` are the terms that run now."""

    id: UUID
    version: Version
    status: Status
    item: str
    item_version: int
    subject: str
    opened_at: Moment
    changed_at: Moment
    authority: str
    receipt: str
    received_on: date | None
    received_at: Moment | None
    submitted: list[str]
    told: list[str]
    corrected_by_notice: bool
    deferred: list[DeferredMaterial]
    committed: list[str]
    owed: list[str]
    reviewers: list[str]
    recommendation: str | None
    decision: Status | None
    duties: dict[str, Deadline]
    jurisdiction: str
    from_hong_kong: bool
    follower: Follower | None
    joint: dict[str, Asked]


class ImportedState(TypedDict):
    """A case of another system, as its imported facts leave it."""

    id: UUID
    register: str
    number: str
    status: str
    version: Version
    events: int
    first: Moment | None
    last: Moment | None
    superseded: list[int]


class ItemList(TypedDict):
    """Every service item, in its newest version."""

    items: list[ServiceItem]


class ShownItem(TypedDict):
    """A service item, and who decides it.

    `commitment_digests` are what a commitment's `text_digest` is to be, by its `language`.
    """

    item: ServiceItem
    authority: Authority
    commitment_digests: dict[str, str] | None


class IdentityStatus(TypedDict):
    """Whether a region took back what it answered about an applicant, as of when."""

    case_id: UUID
    state: Literal["valid", "revoked", "not-listed"]
    region: NotRequired[str]
    list: NotRequired[str]
    index: NotRequired[int]
    as_of: NotRequired[Moment]
    age_seconds: NotRequired[int]
