"""Lists page by page: how many, where the page before ended, and a link to the next.

A cursor says nothing to whoever holds it, and is checked against the path and the filters
it was given out for: with others, it would lead into the middle of another list.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Final, TypeVar

from aiohttp import web

from rest.body import json_response
from rest.errors import BadRequest

LARGEST_PAGE: Final = 500
PAGE: Final = 50

T = TypeVar("T")

_CHECK: Final = 8
_PASSING: Final = frozenset({"after", "limit", "position", "counts"})
"""What may differ from page to page."""


def page_size(request: web.Request) -> int:
    """Return how many the caller wants on a page; 50 unless told, 500 at most."""
    text = request.query.get("limit")
    if text is None:
        return PAGE
    fits = text.isascii() and text.isdigit() and len(text) < 4 and 0 < int(text) <= LARGEST_PAGE
    if not fits or text[0] == "0":
        said = f"{text[:40]!r} does not fit: a whole number from 1 to {LARGEST_PAGE}, please"
        raise BadRequest(said, field="?limit")
    return int(text)


def place(request: web.Request, read: Callable[[str], T]) -> T | None:
    """Return where the page before ended, as `read` makes it of what `paged` was told."""
    cursor = request.query.get("after")
    if cursor is None:
        return None
    try:
        data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        check, text = data[:_CHECK], data[_CHECK:].decode()
        if check != _check(request, text):
            raise ValueError(cursor)
        return read(text)
    except (Base64Error, ValueError) as error:
        said = f"{cursor[:40]!r} does not fit: the `next` of the page before, please"
        raise BadRequest(said, field="?after") from error


def paged(
    request: web.Request, shown: dict[str, Any], *, ended: object, **headers: str
) -> web.Response:
    """Answer with a page; where it `ended` is told as `next`, and as a link (RFC 8288).

    `None` where no page follows.
    """
    if ended is None:
        return json_response({**shown, "next": None}, status=200, **headers)
    cursor = _cursor(request, str(ended))
    link = request.rel_url.update_query(after=cursor)
    following = f'<{link.raw_path_qs}>; rel="next"'
    return json_response({**shown, "next": cursor}, status=200, Link=following, **headers)


def _cursor(request: web.Request, text: str) -> str:
    return urlsafe_b64encode(_check(request, text) + text.encode()).rstrip(b"=").decode()


def _check(request: web.Request, text: str) -> bytes:
    asked = sorted((n, v) for n, v in request.query.items() if n not in _PASSING)
    return blake2b(repr((request.path, asked, text)).encode(), digest_size=_CHECK).digest()
