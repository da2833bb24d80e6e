"""What may be asked in the query of each path, by name, with what fits there.

A handler takes the names it knows from here, so that none is documented and refused,
or taken and not documented.
"""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from rest.paging import LARGEST_PAGE

_TIME = "A time in ISO 8601; without an offset it is in UTC. "
_DATE_TIME = {"examples": ["2026-02-10T12:00:00Z", "2026-02-10"]}

From = Annotated[
    str, Meta(description=f"{_TIME}A date is its midnight.", extra_json_schema=_DATE_TIME)
]
Until = Annotated[
    str, Meta(description=f"{_TIME}A date reaches to its end.", extra_json_schema=_DATE_TIME)
]
Limit = Annotated[int, Meta(ge=1, le=LARGEST_PAGE, description="How many on a page.")]
Whole = Annotated[int, Meta(ge=1, lt=10**18)]
Position = Annotated[
    int,
    Meta(ge=1, lt=10**18, description="Wait until what is shown has this place of the log."),
]
Next = Annotated[str, Meta(description="The `next` of the page before.")]
YesNo = Literal["yes", "no"]
RequestStatus = Literal["open", "granted", "refused", "withdrawn", "erased"]


class Fresh(TypedDict, total=False):
    """How fresh it has to be."""

    position: Position


class Page(Fresh, total=False):
    """Which page."""

    limit: Limit
    after: Next


class AsItStood(TypedDict, total=False):
    """The point in time at which it is wanted; alone or together, each inclusive."""

    as_of: Until
    recorded_until: Until
    source_recorded_until: Until


class ReplayPoint(AsItStood, total=False):
    """The same, or a place of the log."""

    position: Whole


class ItemVersion(TypedDict, total=False):
    """Which version of a service item; without it, the newest."""

    version: Whole


class CasesAsked(Page, AsItStood, total=False):
    """Which cases to list."""

    register: str
    status: str
    counts: YesNo
    until_position: Whole


class Exported(Fresh, AsItStood, total=False):
    """Which cases to export, and as of which place of the log."""

    register: str
    status: str
    authority: str
    subject: str
    until_position: Whole


class ConflictsAsked(Page, total=False):
    """Of which register."""

    register: str


class Searched(Page, total=False):
    """Which cases to find."""

    q: Annotated[str, Meta(min_length=1, max_length=400)]
    register: str
    status: str
    authority: str
    item: str
    subject: str
    opened_from: From
    opened_until: Until
    changed_from: From
    changed_until: Until
    overdue: YesNo
    order: Literal["changed", "rank"]
    counts: YesNo


class Between(TypedDict, total=False):
    """Between which points; without the first before the case, without the second now."""

    from_version: Whole
    from_as_of: Until
    from_recorded_until: Until
    from_source_recorded_until: Until
    from_position: Whole
    to_version: Whole
    to_as_of: Until
    to_recorded_until: Until
    to_source_recorded_until: Until
    to_position: Whole


class HandoversAsked(Page, total=False):
    """Which hand-overs to list."""

    status: str


class TransfersAsked(Page, total=False):
    """Which transfers to list."""

    recipient: str


class RequestsAsked(Page, total=False):
    """Which requests of persons to list."""

    status: RequestStatus
    overdue: YesNo


class RefusalsAsked(Page, total=False):
    """Which refusals to list."""

    issuer: str


class OriginAsked(TypedDict, total=False):
    """Of which log."""

    origin: str
