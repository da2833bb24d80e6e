"""Saying that a route is on its way out: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

Neither changes what the route does. A route is deprecated when its successor is there,
and its sunset is the day from which it may be gone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, TypeVar

from aiohttp import web

_HANDLER = TypeVar("_HANDLER", bound=Callable[..., object])
_NAME: Final = "__deprecation__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecated:
    """Since when a route is deprecated, when it may be gone, and what to read of it."""

    since: datetime
    sunset: datetime | None = None
    told_at: str | None = None

    def headers(self) -> list[tuple[str, str]]:
        """Return what every answer of the route carries."""
        told = [("Deprecation", f"@{int(self.since.timestamp())}")]
        if self.sunset is not None:
            told.append(("Sunset", format_datetime(self.sunset.astimezone(UTC), usegmt=True)))
        if self.told_at is not None:
            told.append(("Link", f'<{self.told_at}>; rel="deprecation"'))
        return told


def deprecated(
    *, since: datetime, sunset: datetime | None = None, told_at: str | None = None
) -> Callable[[_HANDLER], _HANDLER]:
    """Deprecate a handler's route; to be put under the decorator of its route."""
    told = Deprecated(since=since, sunset=sunset, told_at=told_at)

    def mark(handler: _HANDLER) -> _HANDLER:
        setattr(handler, _NAME, told)
        return handler

    return mark


def deprecation_of(request: web.Request) -> Deprecated | None:
    """Return what is said of the route that answers, if it is deprecated."""
    return getattr(request.match_info.handler, _NAME, None)
