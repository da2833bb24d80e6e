"""Reading what stands in a path, a query or a header; each mistake names its field."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid5

from aiohttp import web

from cose import encode
from ledger.actor import Actor
from ledger.cut import Cut
from ledger.http.keys import RANDOM
from ledger.moments import beginning, end, in_utc
from rest import BadRequest, PreconditionRequired, idempotency_key, path_id
from rest.paging import LARGEST_PAGE

T = TypeVar("T")

_COMMANDS = UUID("c7d3c4b2-7c5b-4f2e-9d0a-52b1a5e5a001")
CUTS = frozenset({"as_of", "recorded_until", "source_recorded_until", "position"})
"""The points in time at which things may be seen."""

_ECHOED = 40
_NUMBER = re.compile("[1-9][0-9]{0,17}")
_TAG = re.compile(f'"({_NUMBER.pattern})(?:-[0-9a-f]{{1,64}})?"')


def known_query(request: web.Request, *names: str) -> None:
    """Refuse query parameters nobody asked for, as a misspelt filter filters nothing.

    One given twice is refused too, because only one of the two could count.
    """
    for name in request.query:
        if name not in names:
            raise BadRequest(
                f"known here: {', '.join(names) or 'none'}", field=f"?{name[:_ECHOED]}"
            )
        if len(request.query.getall(name)) > 1:
            raise BadRequest("given twice", field=f"?{name}")


def query(
    request: web.Request, name: str, read: Callable[[str], T], fits: str = ""
) -> T | None:
    """Return a query parameter as `read` makes it, or `None` where it is absent.

    `fits` says what would do, where `read` is not one of those below.
    """
    text = request.query.get(name)
    if text is None:
        return None
    try:
        return read(text)
    except ValueError as error:
        would = fits or _FITS[read]
        raise BadRequest(
            f"{text[:_ECHOED]!r} does not fit: {would}, please", field=f"?{name}"
        ) from error


def cut_of(request: web.Request) -> Cut:
    """Return the point at which the caller wants to see things."""
    known_query(request, *sorted(CUTS))
    return cut_at(request, "")


def cut_at(request: web.Request, before: str) -> Cut:
    """Return the point that the parameters whose names begin with `before` tell."""
    return Cut(
        as_of=query(request, f"{before}as_of", until),
        recorded_until=query(request, f"{before}recorded_until", until),
        source_recorded_until=query(request, f"{before}source_recorded_until", until),
        position=query(request, f"{before}position", positive),
    )


def moment(text: str) -> datetime:
    """Read an ISO 8601 time; one without an offset is in UTC."""
    return in_utc(beginning(_with_plus(text)))


def until(text: str) -> datetime:
    """Read a time as an upper bound: a date alone reaches to the end of that day."""
    return in_utc(end(_with_plus(text)))


def page_size(text: str) -> int:
    """Read how many to show on a page."""
    size = positive(text)
    if size > LARGEST_PAGE:
        raise ValueError(text)
    return size


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def yes(text: str) -> bool:
    """Read `yes` or `no`."""
    if text not in ("yes", "no"):
        raise ValueError(text)
    return text == "yes"


def case_id(request: web.Request) -> UUID:
    """Return the case named in the path."""
    return path_id(request, "case_id", "a case (`/v1/search?q=` finds one by its receipt)")


def command_id(request: web.Request, actor: Actor) -> UUID:
    """Return the id of the caller's command: from `Idempotency-Key`, or a new one."""
    key = idempotency_key(request)
    if key is None:
        return UUID(bytes=request.app[RANDOM](16), version=4)
    return uuid5(_COMMANDS, encode([*actor.caller, key]).hex())


def expected_version(request: web.Request) -> int | None:
    """Return the version that `If-Match` says the caller saw; `None` where any will do.

    Raises `PreconditionRequired` where nothing is said: what is changed was seen before.
    """
    tag = request.headers.get("If-Match")
    if tag is None:
        raise PreconditionRequired('send `If-Match` with the `ETag` you saw, or with "*"')
    if tag == "*":
        return None
    found = _TAG.fullmatch(tag)
    if found is None:
        raise BadRequest('the tag of a case begins with its version, as "7"', field="If-Match")
    return int(found[1])


def _with_plus(text: str) -> str:
    # A `+` in a query that nobody encoded arrives as a space.
    return text.replace(" ", "+", 1) if "T" in text else text


_TIME = "a time in ISO 8601, such as 2026-02-10T12:00:00Z, or a date"
_FITS: dict[Callable[[str], object], str] = {
    moment: _TIME,
    until: _TIME,
    positive: "a whole number from 1 on",
    page_size: f"a whole number from 1 to {LARGEST_PAGE}",
    yes: "`yes` or `no`",
}
