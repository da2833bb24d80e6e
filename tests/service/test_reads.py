"""Reading writes nothing but who read what is personal; what views cannot show yet is said."""

import asyncio
import shutil
from uuid import UUID

import pytest

from ledger.http import FOLLOWER
from ledger.reading_events import PersonalRead
from tests.service.running import ITEM


async def test_no_read_writes_but_that_it_was_read(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    digest = await applicant.upload()
    path = f"/v1/cases/{case_id}"
    paths = [
        "/health",
        "/openapi.json",
        "/",
        "/docs",
        "/docs/start.js",
        "/live",
        "/ready",
        "/problems/case-changed",
        "/.well-known/cose-keys",
        "/v1/items",
        f"/v1/items/{ITEM}",
        "/v1/purposes",
        "/v1/words",
        "/v1/cases",
        "/v1/conflicts",
        "/v1/entries",
        "/v1/exports/csv",
        "/v1/feed",
        "/v1/alerts",
        "/v1/search?q=food&counts=yes",
        path,
        f"{path}/timeline",
        f"{path}/steps",
        f"{path}/steps/1",
        f"{path}/diff?from_version=1",
        f"{path}/replay?as_of=2026-02-10T12:00:00Z",
        f"{path}/materials/application-form",
        f"/v1/materials/{digest}",
        "/log/checkpoint",
        "/log/cosigned",
        "/log/witnessed?origin=nobody.example/log",
        "/log/keys",
        "/log/tile/0/000.p/1",
        f"{path}/receipts/1",
        f"{path}/bundles/1",
        f"{path}/evidence",
        "/v1/views",
        "/v1/views/case_list/certificate",
        "/v1/me/copy",
        "/v1/subjects/subject:0",
        "/v1/subjects/subject:0/access-log",
        "/v1/me/access-log",
        "/v1/staff/sign-in",
        "/v1/staff/callback",
        "/v1/staff-keys",
        f"{path}/applicant",
        f"{path}/identity-status",
        "/v1/bindings/wording",
        "/v1/me/bindings",
        "/v1/me/consents",
        "/v1/me/contact",
        "/v1/me/requests",
        "/v1/requests",
        "/v1/subjects/subject:0/holds",
        f"/v1/requests/{case_id}",
        "/v1/transfers",
        "/v1/subscriptions",
        f"/v1/subscriptions/{case_id}",
        f"/v1/subscriptions/{case_id}/dead-letters",
        "/v1/me/transfers",
        "/v1/handovers",
        f"/v1/handovers/{case_id}",
        f"/v1/handovers/{case_id}/materials/application-form",
        "/v1/mandates",
        "/v1/partners",
        "/v1/refusals",
        f"/v1/verifications/{case_id}/proof",
        "/status/sessions",
    ]
    routes = [route for route in service.app.router.routes() if route.method == "GET"]
    head = service.ledger.head

    for visitor in (service.anyone, applicant, service.official("clerk"), service.supervisor):
        for each in paths:
            fits = (303,) if each == "/" else (200, 401, 403, 404)
            assert (await visitor.get(each)).status in fits
            assert (await visitor.call("HEAD", each)).status in fits

    added = [*service.ledger.read(head)]
    assert {type(entry.event) for entry in added} == {PersonalRead}
    assert {entry.actor.role for entry in added} == {"clerk"}
    # One is left out: the provider sends people back to us with a GET, which counts once.
    assert len(paths) == len(routes) - 1


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/conflicts"])
async def test_a_position_that_nobody_has_written_is_waited_for_and_then_said(service, path):
    ahead = str(service.ledger.head + 1)

    behind = await service.supervisor.get(path, params={"position": ahead})

    assert (behind.status, behind.problem) == (503, "view-behind")
    assert behind.headers["Retry-After"] == "1"
    assert ahead in behind.body["detail"]


async def test_a_position_that_is_written_while_it_is_waited_for_is_shown(service):
    applicant = await service.applicant()
    # A submission adds two entries.
    ahead = {"position": str(service.ledger.head + 2)}

    waiting = asyncio.create_task(applicant.get("/v1/cases", params=ahead))
    case_id = await service.apply(applicant)

    listed = await waiting
    assert [UUID(row["id"]) for row in listed.body["cases"]] == [UUID(case_id)]


async def test_many_who_wait_for_what_never_comes_hold_up_nobody(service):
    applicant = await service.applicant()
    never = {"position": str(10**17)}
    waiting = [asyncio.create_task(applicant.get("/v1/cases", params=never)) for _ in range(60)]
    await asyncio.sleep(0.2)

    listed = await asyncio.wait_for(applicant.get("/v1/cases"), 1)

    assert listed.status == 200
    assert not any(each.done() for each in waiting)
    assert {each.status for each in await asyncio.gather(*waiting)} == {503}


async def test_every_connection_to_the_log_is_durable(service):
    assert service.ledger.recorder.database.durability() == "FULL wal"


async def test_views_that_cannot_follow_are_said_to_and_nothing_is_lost(service):
    applicant = await service.applicant()
    assert (await applicant.get("/v1/cases")).body["cases"] == []
    await followed(service)
    shutil.rmtree(service.home.views)
    service.home.views.write_text("no folder")

    case_id = await service.apply(applicant, "application-form")
    behind = await applicant.get("/v1/cases")
    health = await service.anyone.get("/health")
    shown = await applicant.get(f"/v1/cases/{case_id}")

    assert (behind.status, behind.problem) == (503, "view-behind")
    assert behind.headers["Retry-After"] == "1"
    assert (health.status, health.body["status"]) == (503, "behind")
    assert health.body["views_position"] < health.body["position"]
    assert shown.body["case"]["status"] == "RECEIVED"

    service.home.views.unlink()
    service.home.views.mkdir()
    for _ in range(3):
        listed = await applicant.get("/v1/cases")
        if listed.status == 200:
            break
    assert [UUID(row["id"]) for row in listed.body["cases"]] == [UUID(case_id)]
    await followed(service)
    assert (await service.anyone.get("/health")).status == 200


@pytest.mark.parametrize("part", ["", "/timeline", "/replay"])
async def test_a_command_is_seen_by_whoever_reads_after_it(service, part):
    applicant = await service.applicant()

    for _ in range(5):
        opened = await applicant.post("/v1/cases", {"item": ITEM, "form": {"a": "b"}})
        where = {"position": str(opened.body["position"])} if part == "/timeline" else {}
        shown = await applicant.get(f"{opened.headers['Location']}{part}", params=where)
        listed = await applicant.get("/v1/cases", params={"position": str(service.ledger.head)})

        assert shown.status == 200
        listed_ids = {UUID(row["id"]) for row in listed.body["cases"]}
        assert UUID(opened.body["case_id"]) in listed_ids


async def test_views_that_were_taken_away_are_made_anew(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    await followed(service)
    # At once: what follows the log makes files anew while they are taken away one by one.
    gone = service.home.views.rename(service.home.folder / "gone")
    shutil.rmtree(gone)

    listed = await applicant.get("/v1/cases")
    for _ in range(100):
        if listed.status == 200:
            break
        assert listed.problem == "view-behind"
        await asyncio.sleep(0.05)
        listed = await applicant.get("/v1/cases")

    assert [UUID(row["id"]) for row in listed.body["cases"]] == [UUID(case_id)]


async def followed(service):
    """Wait until no view is being written."""
    there = asyncio.to_thread(service.app[FOLLOWER].wait_for, service.ledger.head, 10.0)
    assert await there
