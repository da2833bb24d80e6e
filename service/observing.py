"""Every request is given an id, timed, counted and told of: the outermost middleware.

It tells the template of a path and never the path, the role of who asks and never who.
"""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ledger.http import ACTOR
from rest.problem import REFUSED
from rest.request_ids import begin
from service.logs import ACCESS
from service.metrics import Metrics

UNKNOWN: Final = "unknown"
"""The route of whatever is no route of ours."""

_REFUSING: Final = 400
_access = logging.getLogger(ACCESS)


def observe_middleware(metrics: Metrics, random: Callable[[int], bytes]) -> Middleware:
    """Return the middleware; it sees redirects and what was cut off too."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        began, status, response = perf_counter(), 499, None
        begin(request, random)
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            seconds, route = perf_counter() - began, route_of(request)
            metrics.answered(request.method, route, status, seconds)
            if status >= _REFUSING and REFUSED in request:
                metrics.refused(request[REFUSED])
            if _access.isEnabledFor(logging.INFO):
                _tell(request, route, status, seconds, _size(response))
        return response

    return middleware


def route_of(request: web.Request) -> str:
    """Return the template of the path that is asked for."""
    resource = request.match_info.route.resource
    return UNKNOWN if resource is None else resource.canonical


def _size(response: web.StreamResponse | None) -> int:
    if response is None:
        return 0
    # What was streamed is out by now, anything else is still to be sent.
    return response.body_length or response.content_length or 0


def _tell(request: web.Request, route: str, status: int, seconds: float, size: int) -> None:
    actor = request.get(ACTOR)
    fields = {
        "method": request.method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 2),
        "bytes": size,
        "role": None if actor is None else str(actor.role),
    }
    _access.info("request", extra={"fields": fields})
