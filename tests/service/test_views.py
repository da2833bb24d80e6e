"""The views over HTTP: how they stand, what they set aside, and their certificates."""

import asyncio
import sqlite3
from contextlib import closing
from uuid import UUID

import pytest

from ledger.http import FOLLOWER
from ledger.opening import all_views
from ledger.transparency import CertificateRefused, LogKeys, verify_certificate
from tests.service.running import running

CERTIFICATE = "/v1/views/case_list/certificate"


@pytest.fixture
async def operator(service):
    await service.apply(await service.applicant())
    await followed(service)
    return service.session("operator", channel="system")


async def followed(service):
    there = asyncio.to_thread(service.app[FOLLOWER].wait_for, service.ledger.head, 10.0)
    assert await there


def names(service):
    return [view.name for view in all_views(service.ledger)]


async def test_who_watches_sees_how_each_view_stands(service, operator):
    for watcher in (operator, service.supervisor):
        shown = await watcher.get("/v1/views")

        assert shown.status == 200
        assert [view["view"] for view in shown.body["views"]] == names(service)
        for view in shown.body["views"]:
            assert view["position"] == service.ledger.head
            assert (view["lag_entries"], view["lag_seconds"]) == (0, 0)
            assert (view["trouble"], view["stopped_at"], view["rebuilding"]) == (None,) * 3
            assert (view["set_aside"], view["quarantined"]) == (0, [])
            assert view["certificate"] is None


async def test_nobody_else_does(service, operator):
    applicant = await service.applicant()

    for visitor in (applicant, service.official("clerk"), service.official("approver")):
        assert (await visitor.get("/v1/views")).problem == "not-allowed"
    assert (await service.anyone.get("/v1/views")).status == 401


async def test_an_operator_has_a_view_certified_and_anyone_can_check_it(service, operator):
    made = await operator.post(CERTIFICATE)
    fetched = await service.anyone.get(CERTIFICATE)

    assert (made.status, made.headers["Location"]) == (201, CERTIFICATE)
    keys = service.ledger.published.keys
    certificate = verify_certificate(fetched.content, keys)
    assert fetched.headers["Content-Type"] == "application/tongban-view-certificate+cose"
    assert certificate.size == made.body["position"] == service.ledger.head
    assert certificate.root == service.ledger.recorder.frontier().root
    assert certificate.digest.hex() == made.body["digest"]
    with pytest.raises(CertificateRefused):
        verify_certificate(fetched.content, LogKeys("other.example", keys.records))
    [view] = [v for v in (await operator.get("/v1/views")).body["views"] if v["certificate"]]
    assert view["view"] == "case_list"
    assert view["certificate"]["position"] == service.ledger.head


async def test_only_an_operator_has_views_certified(service, operator):
    for visitor in (
        service.supervisor,
        service.official("approver"),
        await service.applicant(),
    ):
        assert (await visitor.post(CERTIFICATE)).problem == "not-allowed"
    assert (await service.anyone.post(CERTIFICATE)).status == 401
    assert (await service.anyone.get(CERTIFICATE)).problem == "view-not-found"


async def test_a_view_that_there_is_not_has_no_certificate(service, operator):
    for name in ("dreams", "..%2Fcheckpoint", "case_list.cose"):
        path = f"/v1/views/{name}/certificate"

        assert (await operator.post(path)).problem == "view-not-found"
        assert (await service.anyone.get(path)).problem == "view-not-found"


async def test_rows_that_are_not_the_logs_are_not_certified(service, operator):
    with closing(sqlite3.connect(service.home.views / "case_list.sqlite")) as view, view:
        view.execute("UPDATE cases SET status = 'GRANTED'")

    refused = await operator.post(CERTIFICATE)

    assert (refused.status, refused.problem) == (409, "not-certified")
    assert "is not the fold of the log" in refused.body["detail"]


async def test_what_is_personal_is_not_certified(service, operator):
    refused = await operator.post("/v1/views/search/certificate")

    assert (refused.status, refused.problem) == (409, "not-certified")


async def test_what_a_view_set_aside_is_shown_and_alarms_whoever_watches_health(tmp_path):
    async with running(tmp_path / "home") as before:
        await before.apply(await before.applicant())
        await followed(before)
    set_aside(before)

    async with running(tmp_path / "home") as after:
        await followed(after)
        health = await after.anyone.get("/health")
        shown = await after.supervisor.get("/v1/views")
        refused = await after.session("operator", channel="system").post(CERTIFICATE)

    assert (health.status, health.body["status"]) == (200, "incomplete")
    assert health.body["set_aside"] == 1
    view = shown.body["views"][0]
    assert (view["set_aside"], view["quarantined"][0]["position"]) == (1, 2)
    assert view["quarantined"][0]["problem"] == "KeyError"
    assert "position 2 aside" in refused.body["detail"]


def set_aside(service):
    """Note an entry as set aside, as a view that failed on it would have."""
    with closing(sqlite3.connect(service.home.views / "case_list.sqlite")) as view, view:
        view.execute(
            "INSERT INTO quarantined VALUES (2, ?, 'KeyError', '2026-02-10T02:00:00Z')",
            [UUID(int=1).hex],
        )
