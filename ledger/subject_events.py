"""What is recorded of how a person's data stand: restricted, free again, erased.

One stream a person, found by their pseudonym. Nothing here is personal, so it
outlives the person's key: it is how everyone knows that there was an erasure.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Protocol, assert_never
from uuid import UUID, uuid5

from ledger.personal import Recorded

_SUBJECTS = UUID("c2a8f0c7-6f2b-4f0e-8a55-5b2f6f0f5b1d")


def subject_id(subject: str) -> UUID:
    """The stream of how the data of `subject` stand."""
    return uuid5(_SUBJECTS, subject)


class SubjectRestricted(Recorded, frozen=True):
    """The person's data are kept and not used, on a legal ground named by its word."""

    ground: str


class RestrictionLifted(Recorded, frozen=True):
    """The person's data may be used again."""


class SubjectErased(Recorded, frozen=True):
    """The person's key is to be destroyed, and after this entry nobody may read them."""

    ground: str


SubjectEvent = SubjectRestricted | RestrictionLifted | SubjectErased

SUBJECT_EVENTS: Mapping[str, type[SubjectEvent]] = {
    "subject.restricted.v1": SubjectRestricted,
    "subject.restriction_lifted.v1": RestrictionLifted,
    "subject.erased.v1": SubjectErased,
}


class Standing(StrEnum):
    """Whether a person's data may be used, and whether there still are any."""

    FREE = "free"
    RESTRICTED = "restricted"
    ERASED = "erased"


class _Recorded(Protocol):
    @property
    def event(self) -> object: ...


def standing(entries: Iterable[_Recorded]) -> Standing:
    """Return how a person's data stand after `entries` of their stream."""
    now = Standing.FREE
    for entry in entries:
        if isinstance(entry.event, SubjectEvent):
            now = _after(entry.event)
    return now


def _after(event: SubjectEvent) -> Standing:
    match event:
        case SubjectRestricted():
            return Standing.RESTRICTED
        case RestrictionLifted():
            return Standing.FREE
        case SubjectErased():
            return Standing.ERASED
        case _:
            assert_never(event)
