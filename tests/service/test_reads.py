"""Reading writes nothing; and what the views cannot show yet is said."""

import asyncio
import shutil

import pytest

from tests.service.running import ITEM


async def test_no_read_writes(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    digest = await applicant.upload()
    path = f"/v1/cases/{case_id}"
    paths = [
        "/health",
        "/problems/case-changed",
        "/.well-known/cose-keys",
        "/v1/items",
        f"/v1/items/{ITEM}",
        "/v1/cases",
        "/v1/conflicts",
        path,
        f"{path}/timeline",
        f"{path}/replay?as_of=2026-02-10T12:00:00Z",
        f"{path}/materials/application-form",
        f"/v1/materials/{digest}",
        "/log/checkpoint",
        "/log/tile/0/000.p/1",
        f"{path}/receipts/1",
        f"{path}/bundles/1",
    ]
    routes = [route for route in service.app.router.routes() if route.method == "GET"]
    head = service.ledger.head

    for visitor in (service.anyone, applicant, service.official("clerk"), service.supervisor):
        for each in paths:
            assert (await visitor.get(each)).status in (200, 401, 403, 404)
            assert (await visitor.call("HEAD", each)).status in (200, 401, 403, 404)

    assert service.ledger.head == head
    # One is left out: the provider sends people back to us with a GET, which counts once.
    assert len(paths) == len(routes) - 1


async def test_every_connection_to_the_log_is_durable(service):
    with service.ledger.recorder.datastore.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA synchronous")
        synchronous = cursor.fetchone()[0]

    assert synchronous == 2


async def test_views_that_cannot_follow_are_said_to_and_nothing_is_lost(service):
    applicant = await service.applicant()
    assert (await applicant.get("/v1/cases")).body["cases"] == []
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
    assert [row["id"] for row in listed.body["cases"]] == [case_id.replace("-", "")]
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
        assert opened.body["case_id"].replace("-", "") in {
            row["id"] for row in listed.body["cases"]
        }


async def test_views_that_were_taken_away_are_made_anew(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    shutil.rmtree(service.home.views)

    listed = await applicant.get("/v1/cases")
    for _ in range(100):
        if listed.status == 200:
            break
        assert listed.problem == "view-behind"
        await asyncio.sleep(0.05)
        listed = await applicant.get("/v1/cases")

    assert [row["id"] for row in listed.body["cases"]] == [case_id.replace("-", "")]
