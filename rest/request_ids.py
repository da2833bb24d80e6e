"""The id of one request: taken from the caller, or made; in answers, problems and our log.

A caller's own is taken where it looks like one, and never where it looks like a token or
the number of a document: it is written to logs, which hold nothing of that.
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
_LIKE_A_DOCUMENT = re.compile(r"\d{15,17}[\dXx]|[A-Za-z]{1,2}\d{6,8}[\dAa]?|1\d{10}")
_LENGTH = 12


def begin(request: web.Request, random: Callable[[int], bytes]) -> str:
    """Give `request` its id, and return it."""
    given = request.headers.get(HEADER)
    id = given if given is not None and is_sane(given) else random(_LENGTH).hex()
    request[REQUEST_ID] = id
    current.set(id)
    return id


def is_sane(given: str) -> bool:
    """Tell whether an id of the caller's may stand in our log."""
    return bool(_SANE.fullmatch(given)) and not _LIKE_A_DOCUMENT.fullmatch(given)
