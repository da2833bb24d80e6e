"""What is recorded of what a person asks about their own data, from asked to decided.

One stream a request. What they write and what they are answered is sealed under
their key; kind, days and the law are not.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ledger.consent_events import How
from ledger.personal import Personal, Recorded

Kind = Literal["copy", "correction", "restriction", "erasure", "objection"]


class RequestMade(Recorded, frozen=True):
    """A person asked; `due` is the last day to answer, and `ends_at` the instant after it.

    `term` says in words what the day was counted by, and on which law.
    """

    kind: Kind
    how: How
    due: date
    ends_at: datetime
    term: str
    case: UUID | None
    words: Personal[str]


class RequestGranted(Recorded, frozen=True):
    """It was granted on this ground, and what it asks was done in the same transaction."""

    ground: str
    reason: Personal[str]


class RequestRefused(Recorded, frozen=True):
    """It was refused on this ground, with the reasons that the person is told."""

    ground: str
    reason: Personal[str]


class RequestWithdrawn(Recorded, frozen=True):
    """The person asks it no more."""


class RequestOverdue(Recorded, frozen=True):
    """Nobody answered by the day it was due."""

    due: date


RequestEvent = RequestMade | RequestGranted | RequestRefused | RequestWithdrawn | RequestOverdue

REQUEST_EVENTS: Mapping[str, type[RequestEvent]] = {
    "request.made.v1": RequestMade,
    "request.granted.v1": RequestGranted,
    "request.refused.v1": RequestRefused,
    "request.withdrawn.v1": RequestWithdrawn,
    "request.overdue.v1": RequestOverdue,
}
