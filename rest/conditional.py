"""Answers that one has already: `ETag`, and 304 for who names it in `If-None-Match`.

What changes something is another matter: `If-Match` is looked at where it is written,
because whoever looked before could be overtaken.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from aiohttp import web

_KEPT: Final = ("ETag", "Cache-Control", "Content-Language", "Expires", "Last-Modified", "Vary")
"""What a 304 tells of the answer it stands for (RFC 9110, 15.4.5)."""


def tagged(response: web.Response, *, version: int | None = None) -> web.Response:
    """Give `response` a tag, if it may be kept and has none; `version` leads it."""
    if "ETag" not in response.headers and _may_be_kept(response):
        body = response.body
        if isinstance(body, bytes):
            response.headers["ETag"] = _digest_tag(body, version)
    return response


def unless_seen(request: web.Request, response: web.Response) -> web.Response:
    """Return `response`, or a 304 to who has it already (RFC 9110, 13.1.2)."""
    if not has_seen(request, response.headers.get("ETag")):
        return response
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return web.Response(status=304, headers=kept)


def has_seen(request: web.Request, tag: str | None) -> bool:
    """Tell whether `If-None-Match` names `tag`."""
    seen = request.headers.getall("If-None-Match", ())
    return bool(seen) and names(seen, tag)


def names(lists: Sequence[str], tag: str | None) -> bool:
    """Tell whether a list of tags has this one, compared weakly (RFC 9110, 8.8.3.2)."""
    given = {each.strip().removeprefix("W/") for text in lists for each in text.split(",")}
    return tag is not None and bool({"*", tag.removeprefix("W/")} & given)


def _digest_tag(body: bytes, version: int | None) -> str:
    digest = blake2b(body, digest_size=12).hexdigest()
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


def _may_be_kept(response: web.Response) -> bool:
    return "no-store" not in response.headers.get("Cache-Control", "no-store")
