"""Traces: what a collector is sent while somebody applies, and what it is never sent."""

from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import make_mocked_request
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from service.instruments import INSTRUMENTS
from service.tracing import tracing_to
from tests.service.running import FORM, running, serving

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector:
    """Takes spans as an OpenTelemetry collector does (OTLP/HTTP, protobuf)."""

    def __init__(self):
        self.spans = []
        self.sent = b""
        self.app = web.Application()
        self.app.router.add_post("/v1/traces", self.take)

    async def take(self, request):
        self.sent += (body := await request.read())
        read = ExportTraceServiceRequest.FromString(body)
        self.spans += [s for r in read.resource_spans for c in r.scope_spans for s in c.spans]
        return web.Response(content_type="application/x-protobuf")

    def named(self, name):
        return [span for span in self.spans if span.name == name]


@asynccontextmanager
async def collecting():
    collector = Collector()
    async with serving(collector.app) as url:
        yield collector, url


def attributes(span):
    return {a.key: a.value.string_value or a.value.int_value for a in span.attributes}


async def test_requests_commits_and_calls_are_spans_and_no_person_is_in_them(tmp_path):
    async with (
        collecting() as (collector, url),
        running(tmp_path / "home", traces=url) as service,
    ):
        applicant = await service.applicant("account-of-somebody")
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-Id": "front-42.7"}
        case = await service.apply(applicant, "application-form", headers=headers)
        await service.anyone.get("/v1/me/copy")
        await applicant.get(f"/v1/cases/{case}/timeline")
        calls = service.app[INSTRUMENTS].calls()
        async with ClientSession(trace_configs=calls) as http:
            await http.get(f"{service.url}/problems/{applicant.session}")

    [opened] = collector.named("POST /v1/cases")
    assert (opened.trace_id.hex(), opened.parent_span_id.hex()) == (TRACE, PARENT)
    assert attributes(opened) == {
        "http.route": "/v1/cases",
        "http.response.status_code": 201,
        "tongban.request_id": "front-42.7",
    }
    assert attributes(collector.named("commit")[0])["tongban.entries"] > 0
    [call] = collector.named("call GET")
    assert attributes(call) == {
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "http.response.status_code": 404,
    }
    [refused] = collector.named("GET /v1/me/copy")
    assert attributes(refused)["http.response.status_code"] == 401
    assert applicant.session is not None
    personal = ["account-of-somebody", case, applicant.session, *FORM.values()]
    assert [each for each in personal if each.encode() in collector.sent] == []


async def test_a_wait_for_a_view_is_a_span_under_its_request(tmp_path):
    async with collecting() as (collector, url):
        tracing = tracing_to(url)
        assert tracing is not None
        with tracing.request(make_mocked_request("GET", "/")):
            tracing.waited("timeline", 0.25)
        await tracing.close()

    [wait], [asked] = collector.named("view wait"), collector.named("GET")
    assert wait.parent_span_id == asked.span_id
    assert wait.end_time_unix_nano - wait.start_time_unix_nano == pytest.approx(25e7, rel=0.01)


async def test_a_collector_that_is_away_stops_nobody(tmp_path):
    async with running(tmp_path / "home", traces="http://127.0.0.1:9") as service:
        answered = await service.anyone.get("/live")

    assert answered.status == 200


def test_without_a_collector_there_is_nothing_to_trace_with():
    assert tracing_to(None) is None
