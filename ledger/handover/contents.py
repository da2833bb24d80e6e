"""What messages between regions say, by kind; anything else in one is refused.

They travel sealed to the region they are for, so they name persons; our own
events keep of that only what is sealed under the person's key.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from ledger.agreements import Mode
from ledger.errors import CommandRejected

FORWARDED = "application.forwarded"
CORRECTION = "correction.forwarded"
SUPPLEMENT = "supplement.forwarded"
PROGRESSED = "case.progressed"
REVIEW = "review.requested"
OPINION = "opinion.given"
REFUSED = "message.refused"
KINDS = frozenset({FORWARDED, CORRECTION, SUPPLEMENT, PROGRESSED, REVIEW, OPINION, REFUSED})

UNREADABLE = "unreadable"
"""How the reason begins where nobody could read what a message asked."""

SKEW = timedelta(seconds=60)

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Moment = Annotated[datetime, Meta(tz=True)]
_WORD = r"^(?!.*[0-9]{6})[A-Za-z][A-Za-z0-9_.:/-]{0,99}\Z"
Word = Annotated[str, Meta(pattern=_WORD)]
"""What stands in our log in clear for ever, and so has no room for anybody's number."""
_ID = r"^(?!.*[0-9]{6})[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}\Z"
Id = Annotated[str, Meta(pattern=_ID)]
"""A name out of a catalogue, of an item or a kind of material, which stands there too."""
Region = Annotated[str, Meta(pattern=r"^[A-Z]{2}-[A-Z0-9]{2,3}\Z")]
Receipt = Annotated[str, Meta(pattern=r"^([A-Z0-9]{2,3}[0-9]{8}-[A-Z2-7]{4}-[A-Z2-7]{4})?\Z")]
"""The number of a case, as every region forms it, or none yet."""
Texts = Mapping[str, str]
Digests = Mapping[Id, Digest]
T = TypeVar("T", bound=Struct)


class Applicant(Struct, frozen=True, forbid_unknown_fields=True):
    """The person, by the name between these two regions alone."""

    account: Text
    jurisdiction: Region
    claims: Texts = {}


class Vector(Struct, frozen=True, forbid_unknown_fields=True):
    """How surely the window's region knows the person, part by part."""

    level: Annotated[int, Meta(ge=1, le=3)]
    bound_how: Word
    bound_by: Word
    authenticated_how: Word
    authenticated_at: Moment
    bound_at: Moment | None = None
    source_as_of: Moment | None = None


class Vouched(Struct, frozen=True, forbid_unknown_fields=True):
    """How the window's region knows who it is."""

    verification: UUID
    method: Text
    assured: Vector


class Forwarded(Struct, frozen=True, forbid_unknown_fields=True):
    """An application, and who at the window did what."""

    item: Id
    clerk: Text
    window: Text
    basis: Text
    duties: Texts
    applicant: Applicant
    vouched: Vouched
    form: Texts
    materials: Digests


class Corrected(Struct, frozen=True, forbid_unknown_fields=True):
    """What a notice named, brought to the window."""

    clerk: Text
    form: Texts
    materials: Digests


class Supplemented(Struct, frozen=True, forbid_unknown_fields=True):
    """Materials still owed, brought to the window."""

    clerk: Text
    materials: Digests


class Progressed(Struct, frozen=True, forbid_unknown_fields=True):
    """One step of the case; `applicant` stands where the region may not know of it yet."""

    told: Word
    mode: Mode
    item: Id
    status: Word
    version: Annotated[int, Meta(ge=1, lt=1 << 53)]
    occurred_at: Moment
    receipt: Receipt = ""
    materials: tuple[Id, ...] = ()
    due: date | None = None
    details: Texts = {}
    applicant: Applicant | None = None


class ReviewRequested(Struct, frozen=True, forbid_unknown_fields=True):
    """A question to an authority, with what is shared of the case."""

    case: UUID
    item: Id
    authority: Id
    basis: Word
    applicant: Applicant
    due: date
    question: str
    materials: Digests


class Opinion(Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to it, and what was added."""

    case: UUID
    recommendation: Annotated[str, Meta(pattern=r"^(grant|refuse|none)\Z")]
    findings: str
    materials: Digests


class Refused(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule refused what the message of this kind asked."""

    kind: Word
    reason: str


def shown_kind(kind: str) -> str:
    """Return the kind of a message as it may stand in clear, also one nobody agreed."""
    return kind if re.match(_WORD, kind) else UNREADABLE


def is_id(text: str) -> bool:
    """Tell whether `text` can be the name of an item or of a kind of material."""
    return re.match(_ID, text) is not None


def check_past(told: Vector, now: datetime) -> None:
    """Raise `CommandRejected` for a moment still to come: it would count as fresh for long."""
    moments = (told.authenticated_at, told.bound_at, told.source_as_of)
    if any(at is not None and at > now + SKEW for at in moments):
        raise CommandRejected("assured: a moment of it is still to come")


def plain(content: Struct) -> dict[str, Any]:
    """Return `content` as values that CBOR can carry."""
    built: dict[str, Any] = msgspec.to_builtins(content)
    return built


def read(content: Mapping[str, Any], kind: type[T]) -> T:
    """Read what came, or raise `CommandRejected` saying nothing of what it was."""
    try:
        told = msgspec.convert(content, kind)
        _check_times(msgspec.to_builtins(told, builtin_types=(datetime,)))
    except (msgspec.ValidationError, TypeError, OverflowError) as error:
        raise CommandRejected(
            f"{UNREADABLE}: the message is not of the form agreed between regions"
        ) from error
    return told


def _check_times(told: object) -> None:
    """Raise `OverflowError` for a time whose offset takes it beyond the years there are."""
    match told:
        case datetime():
            told.astimezone(UTC)
        case dict():
            for each in told.values():
                _check_times(each)
        case list() | tuple():
            for each in told:
                _check_times(each)
