"""Whether a region took its answer back, asked before a case that rests on it is decided."""

import json
from contextlib import AsyncExitStack
from datetime import timedelta
from importlib import resources
from uuid import uuid4

import pytest

from identity.status import TTL
from identity.status_checking import LENIENCE, Stakes
from ledger.calendar import load_calendars
from ledger.catalogue import load_catalogue
from tests.service.neighbours import ASKED, GX, guangdong, guangxi, partner
from tests.service.visitor import Visitor

ITEM = "gd.zhaoqing.pension-transfer-in"
ASSURED = {"assurance": {"bound_how": ["register"]}}


async def relying(gd):
    """Open a case for a resident of Guangxi; return where its status is, and who decides."""
    begun = await gd.official("clerk").post(
        "/v1/verifications/regions", ASKED | {"purpose": ITEM}
    )
    result = await gd.result(begun.body)
    assert result.body["status"] == "succeeded", result.body
    agent = Visitor(gd.http, result.body["session"])
    opened = await agent.post(
        "/v1/cases", {"item": ITEM, "form": {"kind": "made up"}, "materials": {}}
    )
    assert opened.status == 201, opened.body
    path = f"/v1/cases/{opened.body['case_id']}/identity-status"
    return path, decider(gd)


def decider(gd, role="reviewer"):
    return gd.official(role, authority="gd.zhaoqing.social-insurance")


def items_that(folder, **changes):
    """Return a folder in which the item is in a second version, with `changes`."""
    published = resources.files("ledger.catalogue.items").joinpath(f"{ITEM}.v1.json")
    item = json.loads(published.read_text()) | {"version": 2} | changes
    (folder / "items").mkdir(parents=True)
    (folder / "items" / f"{ITEM}.v2.json").write_text(json.dumps(item))
    return folder


async def reviewed(gd):
    """Walk a case for a resident of Guangxi up to its decision; return it and its place."""
    begun = await gd.official("clerk").post(
        "/v1/verifications/regions", ASKED | {"purpose": ITEM}
    )
    agent = Visitor(gd.http, (await gd.result(begun.body)).body["session"])
    digest = await agent.upload()
    handed_in = dict.fromkeys(("application-form", "contribution-record"), digest)
    opened = await agent.post(
        "/v1/cases", {"item": ITEM, "form": {"kind": "made up"}, "materials": handed_in}
    )
    assert opened.status == 201, opened.body
    case, officer = opened.body["case_id"], decider(gd)
    said = {"recommendation": "grant", "findings": "all is there"}
    for act, body in (("acceptances", {}), ("reviews", said)):
        done = await officer.act(case, act, body)
        assert done.status == 200, done.body
    place = (await officer.get(f"/v1/cases/{case}/identity-status")).body["index"]
    return case, place


async def grant(gd, case, **headers):
    return await decider(gd, "approver").act(
        case, "grants", {"result": "transfer 1"}, headers=headers
    )


async def test_an_answer_that_was_taken_back_is_told_of_to_whoever_decides(tmp_path):
    async with AsyncExitStack() as until:
        gx, _ = await until.enter_async_context(guangxi(tmp_path))
        async with guangdong(tmp_path, gx.url, partner(GX, gx.home)) as gd:
            path, reviewer = await relying(gd)

            before = await reviewer.get(path)
            place = {"list": "0", "index": before.body["index"], "reason": "mistaken"}
            revoked = await gx.session("operator").post("/v1/revocations", place)
            gd.clock.now += TTL
            gx.clock.now += TTL
            after = await reviewer.get(path)

            assert (before.status, before.body["state"]) == (200, "valid")
            assert (before.body["region"], before.body["age_seconds"]) == (GX, 0)
            assert revoked.status == 201
            assert (after.body["state"], after.body["age_seconds"]) == ("revoked", 0)


async def test_without_the_region_an_old_list_will_do_only_where_little_is_at_stake(tmp_path):
    async with AsyncExitStack() as until:
        gx, _ = await until.enter_async_context(guangxi(tmp_path))
        async with guangdong(tmp_path, gx.url, partner(GX, gx.home)) as gd:
            path, reviewer = await relying(gd)
            await reviewer.get(path)
            await until.aclose()
            gd.clock.now += TTL + LENIENCE[Stakes.LOW] - timedelta(seconds=1)

            reviewer = decider(gd)
            low = await reviewer.get(f"{path}?stakes=low")
            high = await reviewer.get(path)

            assert (low.status, low.body["state"], low.body["age_seconds"]) == (
                200,
                "valid",
                3899,
            )
            assert (high.status, high.problem) == (503, "status-unknown")
            assert high.headers["Retry-After"] == "30"


async def test_somebody_who_was_not_verified_by_a_region_is_on_no_list(service):
    applicant = await service.applicant()
    case = await service.apply(applicant)

    told = await applicant.get(f"/v1/cases/{case}/identity-status")
    strange = await (await service.applicant()).get(f"/v1/cases/{case}/identity-status")
    wrong = await applicant.get(f"/v1/cases/{case}/identity-status?stakes=some")

    assert told.body == {"case_id": case, "state": "not-listed"}
    assert (strange.status, strange.problem) == (404, "case-not-found")
    assert wrong.status == 400


async def test_what_has_to_be_sure_is_not_granted_on_an_answer_that_was_taken_back(tmp_path):
    async with AsyncExitStack() as until:
        gx, _ = await until.enter_async_context(guangxi(tmp_path))
        items = items_that(tmp_path / "items", **ASSURED)
        async with guangdong(tmp_path, gx.url, partner(GX, gx.home), items=items) as gd:
            (case, place), (other, _) = await reviewed(gd), await reviewed(gd)
            revoked = {"list": "0", "index": place, "reason": "mistaken"}
            await gx.session("operator").post("/v1/revocations", revoked)
            gd.clock.now += TTL
            gx.clock.now += TTL

            refused, granted = await grant(gd, case), await grant(gd, other)

            assert (refused.status, refused.problem) == (409, "identity-taken-back")
            assert granted.status == 200
            reasons = {"reasons": "who applied is not known any more"}
            told = await decider(gd, "approver").act(case, "refusals", reasons)
            assert told.status == 200


async def test_what_has_to_be_sure_is_not_granted_while_the_region_cannot_be_asked(tmp_path):
    async with AsyncExitStack() as until:
        gx, _ = await until.enter_async_context(guangxi(tmp_path))
        items = items_that(tmp_path / "items", **ASSURED)
        async with guangdong(tmp_path, gx.url, partner(GX, gx.home), items=items) as gd:
            (case, _), (other, _) = await reviewed(gd), await reviewed(gd)
            first = {"Idempotency-Key": str(uuid4())}
            granted = await grant(gd, case, **first)
            await until.aclose()
            gd.clock.now += TTL

            unknown = await grant(gd, other)
            again = await grant(gd, case, **first)

            assert (unknown.status, unknown.problem) == (503, "status-unknown")
            assert unknown.headers["Retry-After"] == "30"
            assert (granted.status, again.status) == (200, 200)
            assert granted.body == again.body


async def test_what_asks_for_no_more_than_a_level_is_granted_without_asking(tmp_path):
    async with AsyncExitStack() as until:
        gx, _ = await until.enter_async_context(guangxi(tmp_path))
        async with guangdong(tmp_path, gx.url, partner(GX, gx.home)) as gd:
            case, _ = await reviewed(gd)
            await until.aclose()
            gd.clock.now += TTL

            assert (await grant(gd, case)).status == 200


@pytest.mark.parametrize(
    ("changes", "asks"),
    [({}, False), ({"least_assurance": 3}, True), (ASSURED, True)],
)
def test_what_has_to_be_sure_says_so_in_the_catalogue(tmp_path, changes, asks):
    items = items_that(tmp_path, **changes)

    found = load_catalogue(items, calendars=load_calendars(None)).current(ITEM)

    assert (found.version, found.asks_again) == (2, asks)
