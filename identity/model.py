"""The values identity speaks of: who was verified, how, and how surely.

Personal values hide themselves from `repr`, so that no traceback or log line
can carry a name or a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol


class Assurance(IntEnum):
    """How surely a person is who they say they are; a service item names its least."""

    SELF_ASSERTED = 1
    REMOTE = 2
    IN_PERSON = 3


class Scope(StrEnum):
    """What a person is sent to a provider's page for; each begins there anew."""

    PROFILE = "profile"
    FORM_FILLING = "form_filling"
    STEP_UP = "step_up"
    SIGNING = "signing"


class Vector(Protocol):
    """An assurance as the record holds it; its parts are those of `Assured`."""

    @property
    def level(self) -> int: ...
    @property
    def bound_how(self) -> str: ...
    @property
    def bound_by(self) -> str: ...
    @property
    def bound_at(self) -> datetime | None: ...
    @property
    def authenticated_how(self) -> str: ...
    @property
    def authenticated_at(self) -> datetime: ...
    @property
    def source_as_of(self) -> datetime | None: ...


class Answer(StrEnum):
    """What a home region says about one field; CHAN is not a mismatch of CHEN."""

    MATCH = "match"
    PARTIAL = "partial"
    NO_MATCH = "no_match"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a provider gave for a person's code: an account, and a token to ask more with."""

    account: str = field(repr=False)
    access_token: str = field(repr=False)
    granted_at: datetime
    assurance: Assurance


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the person agreed to share, for the transaction they agreed to share it in.

    Keys of `claims` are ours: `document_type`, `document_number`, `name_en`,
    `name_zh`, `birth_date` (ISO 8601), `gender`; a provider may leave some out.
    """

    transaction: str
    claims: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is to be signed: its SHA-256, and the name the signer is shown."""

    digest: bytes
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedUp:
    """The person proved once more, and more surely, that it is they."""

    transaction: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The person signed the document of this SHA-256, as the provider says."""

    transaction: str
    digest: bytes
    signature: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Assured:
    """How surely a person is who they say they are, part by part.

    A level says how much, and hides what about it is old or was done by another.
    `bound_how` is how the account came to stand for the person, `bound_by` who saw
    to it and `bound_at` when, where that is told; `authenticated_how` is how the
    person proved, now, that the account is theirs; `source_as_of` how old what was
    compared with is, where that is told.
    """

    level: Assurance
    bound_how: str
    bound_by: str
    bound_at: datetime | None = None
    authenticated_how: str
    authenticated_at: datetime
    source_as_of: datetime | None = None

    @classmethod
    def of(cls, told: Vector) -> "Assured":
        """Return what `told`, as the record holds it, says."""
        return cls(
            level=Assurance(told.level),
            bound_how=told.bound_how,
            bound_by=told.bound_by,
            bound_at=told.bound_at,
            authenticated_how=told.authenticated_how,
            authenticated_at=told.authenticated_at,
            source_as_of=told.source_as_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a home region's register says of what was asked: answers, never values."""

    answers: Mapping[str, Answer]
    assurance: Assurance
    method: str
    source_as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedIdentity:
    """A person, as one jurisdiction vouches for them to one service.

    `account` is per provider and per service: no key across services exists.
    """

    jurisdiction: str
    method: str
    account: str = field(repr=False)
    assured: Assured
    claims: Mapping[str, str] = field(repr=False)
