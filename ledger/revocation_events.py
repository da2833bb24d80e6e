"""What is recorded of tokens and sessions that count no more.

Nothing here is personal: a token is named by its place in a list, a session by
its id, and a person by their pseudonym.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid5

from ledger.personal import Recorded

_LISTS = UUID("6d0c2a54-2f7b-4f0a-9c1e-5b1f2f1a7c31")
_SESSIONS = UUID("c9a4f5a0-0d7b-4a0e-8a57-7a5c9e0e4b62")


def list_id(name: str) -> UUID:
    """The stream of what was revoked of the status list `name`."""
    return uuid5(_LISTS, name)


def ended_sessions_id(day: date) -> UUID:
    """The stream of the sessions that were ended on a day, in UTC.

    A stream a day, so that what sessions have outlived is never read again.
    """
    return uuid5(_SESSIONS, day.isoformat())


class TokenRevoked(Recorded, frozen=True):
    """What stands at `index` of one of our status lists is not to be relied on any more."""

    list: str
    index: int
    reason: str


class SessionEnded(Recorded, frozen=True):
    """The session with this id counts no more; `session` is its cti in hexadecimal.

    Nor does `verification` open another, where whoever left told which it came of.
    """

    session: str
    reason: str
    verification: str | None = None


class SubjectSessionsEnded(Recorded, frozen=True):
    """No session of `subject` counts that was opened before this was recorded.

    Nor one opened later for whom they proved to be before.
    """

    subject: str
    reason: str


RevocationEvent = TokenRevoked | SessionEnded | SubjectSessionsEnded

REVOCATION_EVENTS: Mapping[str, type[RevocationEvent]] = {
    "token.revoked.v1": TokenRevoked,
    "session.ended.v1": SessionEnded,
    "session.subject_ended.v1": SubjectSessionsEnded,
}
