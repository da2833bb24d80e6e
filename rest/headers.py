"""What every answer says besides itself, also those that are streamed, and to whom.

A handler that sets one of these headers is left alone: a page has a policy of its own.
Answers go to no other site's scripts, except to origins that were named.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from rest.deprecation import deprecation_of
from rest.limits import SHARE
from rest.preferences import APPLIED
from rest.request_ids import HEADER, REQUEST_ID

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000"}
_METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE"
_TAKEN: Final = (
    "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match,"
    " If-None-Match, If-Range, Last-Event-ID, Prefer, Range, traceparent, tracestate"
)
_SHOWN: Final = (
    "Accept-Ranges, Content-Disposition, Content-Range, Deprecation, ETag, Link, Location,"
    " Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, Sunset, X-Request-Id"
)

Preparing = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def every_answer(*, https: bool, origins: Collection[str] = ()) -> Preparing:
    """Return what is to be done to each answer before its headers leave."""
    fixed = {**_ALWAYS, **(_HTTPS if https else {})}

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        if (id := request.get(REQUEST_ID)) is not None:
            headers[HEADER] = id
        for name, text in fixed.items():
            headers.setdefault(name, text)
        # Versions of what answers are nobody's business.
        headers["Server"] = "tongban"
        if (applied := request.get(APPLIED)) is not None:
            headers["Preference-Applied"] = applied
        if (share := request.get(SHARE)) is not None:
            headers["RateLimit-Policy"], headers["RateLimit"] = share
        if (told := deprecation_of(request)) is not None:
            for name, text in told.headers():
                headers.add(name, text)
        if origins:
            _admit(request, response, origins)

    return prepare


def preflight_middleware(origins: Collection[str]) -> Middleware:
    """Return a middleware that answers browsers who ask before they send (Fetch, 3.2.2)."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        method = request.headers.get("Access-Control-Request-Method")
        asks = request.method == "OPTIONS" and method is not None
        if not asks or request.headers.get("Origin") not in origins:
            return await handler(request)
        headers = {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _TAKEN,
            "Access-Control-Max-Age": "600",
        }
        return web.Response(status=204, headers=headers)

    return middleware


def _admit(
    request: web.Request, response: web.StreamResponse, origins: Collection[str]
) -> None:
    response.headers.add("Vary", "Origin")
    origin = request.headers.get("Origin")
    if origin is not None and origin in origins:
        # No cookie is ever asked for: a session stands in `Authorization`.
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _SHOWN
