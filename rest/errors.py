"""What is refused over HTTP by itself, and how one kind of error is told: the common table.

Each package adds its own errors to a table like this one. A problem without advice to act
on would leave a caller with nothing but a number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class BadRequest(Exception):
    """What was sent does not fit; `field` says where."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class Unauthenticated(Exception):
    """Nobody is known to be asking: no session, or one that does not hold."""


class Forbidden(Exception):
    """Whoever is asking may not ask this."""


class PreconditionRequired(Exception):
    """What is to be changed was not said to have been seen (RFC 6585, 3)."""


class BodyTooSlow(Exception):
    """The body of a request took longer to come than anyone waits for it."""


class TooBusy(Exception):
    """More is asked of us than can be done; nothing of this was begun."""


class TookTooLong(Exception):
    """Doing it took longer than anyone should wait; whether it was done is not known."""


class TooManyRequests(Exception):
    """Whoever is asking asks too often; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("more requests than we agreed to")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """How one kind of error is told, and what to do about it.

    A `quiet` one keeps its message to us. `members` are what else an error tells.
    """

    status: int
    title: str
    advice: str
    quiet: bool = False
    retry_after: int | None = None
    members: Callable[[Any], Mapping[str, object]] | None = None


Table = Mapping[type[Exception], Problem]

OWN: Table = {
    BadRequest: Problem(
        status=400,
        title="The request does not fit",
        advice="`field` names what does not fit, and `detail` says why.",
    ),
    Unauthenticated: Problem(
        status=401,
        title="Sign in first",
        advice="Send a session that still holds, as `Authorization: Bearer ...`.",
    ),
    Forbidden: Problem(
        status=403,
        title="You may not do this",
        advice="`detail` says whom this is for.",
    ),
    BodyTooSlow: Problem(
        status=408,
        title="The request did not come in time",
        advice="Nothing of it was read. Send it again, all of it at once.",
    ),
    TooBusy: Problem(
        status=503,
        title="Too much is being asked now",
        advice="Nothing of what you sent was done. Try again after the seconds in"
        " `Retry-After`.",
        retry_after=1,
    ),
    TookTooLong: Problem(
        status=504,
        title="This took too long",
        advice="Whether it was done is not known. Send it again under the same"
        " `Idempotency-Key`, and it counts once; without one, look first.",
        retry_after=5,
    ),
    PreconditionRequired: Problem(
        status=428,
        title="Say which version you saw",
        advice="Read what you want to change, and send its `ETag` as `If-Match`; `*` does"
        " where any version will do.",
    ),
    TooManyRequests: Problem(
        status=429,
        title="Too many requests",
        advice="Try again after the seconds in `Retry-After`, and more slowly from then on.",
    ),
}
