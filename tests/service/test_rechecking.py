"""Whether a region took its answer back, asked before a case that rests on it is decided."""

from contextlib import AsyncExitStack
from datetime import timedelta

from identity.status import TTL
from identity.status_checking import LENIENCE, Stakes
from tests.service.neighbours import ASKED, GX, guangdong, guangxi, partner
from tests.service.visitor import Visitor

ITEM = "gd.zhaoqing.pension-transfer-in"


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


def decider(gd):
    return gd.official("reviewer", authority="gd.zhaoqing.social-insurance")


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
