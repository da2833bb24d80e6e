"""What identity answers over HTTP, as the types its answers are written from."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, NotRequired, TypedDict
from uuid import UUID

from msgspec import Meta

from identity.model import Assured, Scope

Moment = Annotated[datetime, Meta(tz=True)]


class Begun(TypedDict):
    """A verification that began: where the person goes, and the secret that collects it.

    `request` is there where it is carried to the region by the client.
    """

    id: UUID
    page: str | None
    claim: str
    expires_at: Moment
    request: NotRequired[str]


class Collected(TypedDict):
    """What came of a verification: all but `status` only where it is there."""

    status: Literal["pending", "expired", "ended", "failed", "succeeded"]
    reason: NotRequired[str]
    scope: NotRequired[Scope]
    jurisdiction: NotRequired[str]
    method: NotRequired[str]
    assurance: NotRequired[int]
    assured: NotRequired[Assured]
    document_digest: NotRequired[str | None]
    claims: NotRequired[Mapping[str, str]]
    session: NotRequired[str]
    session_expires_at: NotRequired[Moment]


class Taken(TypedDict):
    """The answer that was carried here is taken; the result can be collected."""

    status: Literal["taken"]


class CalledBack(TypedDict):
    """What iAM Smart expects of whoever it calls back."""

    code: Literal["D00000"]
    message: Literal["SUCCESS"]


class Wording(TypedDict):
    """Words to agree to, and the SHA-256 of them."""

    text: str
    digest: str


class Wordings(TypedDict):
    """The words of one version, in each language."""

    version: int
    texts: dict[str, Wording]


class Acting(TypedDict):
    """Whether somebody may act for an enterprise; what is confirmed is there only then."""

    id: UUID
    status: Literal["refused", "confirmed"]
    reason: NotRequired[str | None]
    enterprise: NotRequired[str]
    capacity: NotRequired[str]
    scope: NotRequired[list[str]]
    until: NotRequired[date | None]
    method: NotRequired[str]
    source_as_of: NotRequired[Moment]
    session: NotRequired[str]
    session_expires_at: NotRequired[Moment]


class Binding(TypedDict):
    """An account's travel permit, in words that were agreed to, and what came of it."""

    id: UUID
    status: str
    wording: int
    language: str
    consented_at: Moment
    permit: str | None
    reason: str | None
    method: str | None
    assurance: int
    source_as_of: Moment | None
    linked_at: Moment | None
    ended_at: Moment | None


class Bindings(TypedDict):
    """All bindings of an account, those that were refused and unlinked too."""

    bindings: list[Binding]
