"""What the service itself answers over HTTP, as the types its answers are written from."""

from datetime import datetime
from typing import Annotated, Literal, TypedDict

from msgspec import Meta

Moment = Annotated[datetime, Meta(tz=True)]


class Partner(TypedDict):
    """How it stands with a partner region, its messages and its log."""

    region: str
    url: str
    modes: list[str]
    sent: int
    waiting: int
    waiting_since: Moment | None
    received: int
    last_acknowledged: Moment | None
    failures: int
    trouble: str | None
    contradictions: int
    unsent: int
    log: str | None


class PartnerList(TypedDict):
    """Every partner region."""

    partners: list[Partner]


class Revoked(TypedDict):
    """What was recorded of a revocation, and where."""

    event: str
    position: int


class CodeGiven(TypedDict):
    """A code to be printed, good until it expires."""

    code: str
    expires_at: Moment
    position: int


class _CodeStatus(TypedDict, total=False):
    list: str
    index: int


class CodeStatus(_CodeStatus):
    """What our log says of a code now, and how old that is; nulls where we know nothing."""

    state: Literal["valid", "revoked", "superseded", "unknown"]
    as_of: Moment | None
    age_seconds: int | None


class CodeChecked(TypedDict):
    """What a code proves, and whether it still holds."""

    verdict: Literal["holds", "expired", "revoked", "superseded", "unknown"]
    issuer: str
    purpose: str
    result: str
    issued_at: Moment
    expires_at: Moment
    receipt: str | None
    status: CodeStatus


class Health(TypedDict):
    """How far the log and its views are, and what somebody has to look at."""

    status: Literal["ok", "incomplete", "behind", "unsigned"]
    position: int
    views_position: int
    trouble: str | None
    log_key: str | None
    set_aside: int
    keys: list[str]
    cautions: list[str]
    unreadable: list[str]
    unconfirmed: list[str]
    callbacks_refused: int
    forks: int
    logs: list[str]
    notices: dict[str, int]
    erasures: str | None
    undelivered: int
    contradictions: int
