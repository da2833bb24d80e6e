"""What is told of as it happens, to metrics and, where they are on, to traces."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import TraceConfig, web
from aiohttp.typedefs import Handler, Middleware

from ledger.entry import Entry
from rest.request_ids import REQUEST_ID
from service.metrics import Metrics
from service.observing import route_of
from service.tracing import Tracing


@dataclass(frozen=True, slots=True)
class Instruments:
    """Both; the packages below are given its methods as plain callables."""

    metrics: Metrics
    tracing: Tracing | None

    def committed(self, entries: Sequence[Entry], seconds: float) -> None:
        """Hear of a durable batch."""
        self.metrics.committed(entries, seconds)
        if self.tracing is not None:
            self.tracing.committed(entries, seconds)

    def waited(self, view: str, seconds: float) -> None:
        """Hear of a read that waited for a view."""
        self.metrics.waited(view, seconds)
        if self.tracing is not None:
            self.tracing.waited(view, seconds)

    def middlewares(self) -> list[Middleware]:
        """Return what spans requests; nothing, where nobody wants spans."""
        tracing = self.tracing
        if tracing is None:
            return []

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            with tracing.request(request) as span:
                response = await handler(request)
                route = route_of(request)
                span.update_name(f"{request.method} {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", response.status)
                span.set_attribute("tongban.request_id", request[REQUEST_ID])
            return response

        return [middleware]

    def calls(self) -> list[TraceConfig]:
        """Return what spans the calls of our own client."""
        return [] if self.tracing is None else [self.tracing.calls()]


INSTRUMENTS = web.AppKey("instruments", Instruments)
