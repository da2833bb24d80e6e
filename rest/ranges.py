"""A part of what is held: `Range` and `If-Range` (RFC 9110, 14 and 13.1.5).

One range of bytes is served. Several at once, other units and what is no range are passed
over, as the standard allows, and all of it is sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs, web

_NOTHING: Final = re.compile("bytes=-0+")
"""The last no bytes, which nobody can be sent (RFC 9110, 14.1.2); aiohttp reads all in it."""


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` up to `stop`, of `size`; the end is not in it."""

    start: int
    stop: int
    size: int

    @property
    def content_range(self) -> str:
        """What the answer says it holds."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def part_of(request: web.Request, *, size: int, tag: str) -> Part | None:
    """Return the part that is asked for, or `None` where all of it is to be sent.

    Raises 416, which tells the size, where nothing of it is there.
    """
    if request.method != hdrs.METH_GET or hdrs.RANGE not in request.headers:
        return None
    if request.headers.get(hdrs.IF_RANGE, tag) != tag:
        return None
    try:
        asked = request.http_range
    except ValueError:
        return None
    nothing = _NOTHING.fullmatch(request.headers[hdrs.RANGE]) is not None
    start = size if nothing else asked.start or 0
    if start < 0:
        start = max(size + start, 0)
    stop = size if asked.stop is None else min(asked.stop, size)
    if start >= stop:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return Part(start, stop, size)


def within(part: Part, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what of `pieces` is in `part`; none beyond it is asked for."""
    at = 0
    for piece in pieces:
        some = piece[max(part.start - at, 0) : part.stop - at]
        at += len(piece)
        if some:
            yield some
        if at >= part.stop:
            return
