"""The id of one request: taken from the caller, or made; in answers, problems and our log.

A caller's own is taken where it looks like one, and never where it looks like a token, a
name or the number of a document: it is written to logs, which hold nothing of that.
"""

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from aiohttp import web

REQUEST_ID = web.RequestKey("request_id", str)
HEADER: Final = "X-Request-Id"

current: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""The id of the request that is being answered here, for whatever is logged meanwhile."""

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,39}")
_AT_RANDOM = re.compile(
    r"(?=.*[a-f])(?:[0-9a-f]{16,40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
_LIKE_A_DOCUMENT = re.compile(r"\d{8}|[A-Za-z]{1,2}\d{6}|(?<![A-Za-z])[A-Za-z]{1,2}[._-]\d{6}")
"""Documents of both sides, telephones, and days of birth."""
_BETWEEN = re.compile("[._-]+")
_LENGTH = 12


def begin(request: web.Request, random: Callable[[int], bytes]) -> str:
    """Give `request` its id, and return it."""
    given = request.headers.get(HEADER)
    id = given if given is not None and is_sane(given) else random(_LENGTH).hex()
    request[REQUEST_ID] = id
    current.set(id)
    return id


def is_sane(given: str) -> bool:
    """Tell whether an id of the caller's may stand in our log.

    That is one made at random, in hexadecimal or as a UUID, or a short count behind at
    most one word: `front-42.7`.
    """
    if not _SANE.fullmatch(given):
        return False
    if _AT_RANDOM.fullmatch(given):
        return True
    words = [part for part in _BETWEEN.split(given) if not any(map(str.isdigit, part))]
    return len(words) <= 1 and given not in words and not _LIKE_A_DOCUMENT.search(given)
