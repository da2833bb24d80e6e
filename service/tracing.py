"""Traces by OpenTelemetry, sent to a collector where one is set, and nothing where not.

A span tells the template of a path, a view's name, how many entries, which host: never a
path, a query, a person or an id of theirs. A batch belongs to many requests, so it is
a span of its own. What is sampled, OTEL_TRACES_SAMPLER says.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import contextmanager
from time import time_ns
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from aiohttp import (
    ClientSession,
    TraceConfig,
    TraceRequestEndParams,
    TraceRequestExceptionParams,
    TraceRequestStartParams,
    web,
)

from ledger.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

_SECOND = 1_000_000_000
_PARENT = ("traceparent", "tracestate")


class Tracing:
    """What makes spans; importing the library is left until there is a use for it."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("tongban")
        self._kinds = SpanKind
        self._parents = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, request: web.Request) -> "Iterator[Span]":
        """Span one request, as part of the caller's trace if it names one (W3C)."""
        given = {name: request.headers[name] for name in _PARENT if name in request.headers}
        with self._tracer.start_as_current_span(
            request.method,
            context=self._parents.extract(given),
            kind=self._kinds.SERVER,
            # Its message could name a person.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield span

    def committed(self, entries: Sequence[Entry], seconds: float) -> None:
        """Span a batch that was decided and made durable just now."""
        self._passed("commit", seconds, {"tongban.entries": len(entries)})

    def waited(self, view: str, seconds: float) -> None:
        """Span a wait for a view, which is over, under the request that waited."""
        self._passed("view wait", seconds, {"tongban.view": view})

    def calls(self) -> TraceConfig:
        """Return what spans the calls of a client to partners and providers."""
        config = TraceConfig()
        config.on_request_start.append(self._call_begins)
        config.on_request_end.append(self._call_ends)
        config.on_request_exception.append(self._call_fails)
        return config

    async def close(self) -> None:
        """Send what is left, as far as somebody takes it."""
        await asyncio.to_thread(self._provider.shutdown)

    def _passed(self, name: str, seconds: float, attributes: dict[str, Any]) -> None:
        end = time_ns()
        start = end - int(seconds * _SECOND)
        span = self._tracer.start_span(name, start_time=start, attributes=attributes)
        span.end(end)

    async def _call_begins(
        self, _: ClientSession, call: SimpleNamespace, params: TraceRequestStartParams
    ) -> None:
        attributes = {
            "http.request.method": params.method,
            "server.address": params.url.host or "",
        }
        call.span = self._tracer.start_span(
            f"call {params.method}", kind=self._kinds.CLIENT, attributes=attributes
        )

    async def _call_ends(
        self, _: ClientSession, call: SimpleNamespace, params: TraceRequestEndParams
    ) -> None:
        call.span.set_attribute("http.response.status_code", params.response.status)
        call.span.end()

    async def _call_fails(
        self, _: ClientSession, call: SimpleNamespace, params: TraceRequestExceptionParams
    ) -> None:
        call.span.set_attribute("error.type", type(params.exception).__name__)
        call.span.end()


def tracing_to(endpoint: str | None) -> Tracing | None:
    """Return what sends spans to a collector (OTLP over HTTP), or nothing without one."""
    if endpoint is None:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "tongban"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=2)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(provider)


def until_closed(
    tracing: Tracing | None,
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what closes it at clean-up, after everything that makes spans."""

    async def context(_: web.Application) -> AsyncIterator[None]:
        yield
        if tracing is not None:
            await tracing.close()

    return context
