"""Two real services: a window in Nanning takes what Zhaoqing decides, and is asked itself."""

import asyncio
from contextlib import asynccontextmanager
from hashlib import sha256

from service.corresponding import CORRESPONDING
from service.own_root import root_of
from service.partners import Partner, write_partner
from tests.service.neighbours import GD, GX, RESIDENT
from tests.service.running import running
from tests.service.visitor import PDF, Visitor

ITEM = "gd.zhaoqing.pension-transfer-in"
AUTHORITY = "gd.zhaoqing.social-insurance"
WINDOW, OFFICE = "gx.nanning.government-services", "gx.nanning.social-insurance"
BEGIN = {
    "mode": "collect",
    "to": GD,
    "item": ITEM,
    "basis": "duty",
    "form": {"former_place": "Nanning"},
}


@asynccontextmanager
async def regions(tmp_path):
    """Guangdong and Guangxi, each enrolled with the other while they run."""
    async with (
        running(tmp_path / GD, region=GD) as gd,
        running(tmp_path / GX, region=GX) as gx,
    ):
        for us, them, name in ((gd, gx, GX), (gx, gd, GD)):
            root = root_of(them.home).public_key.hex()
            write_partner(us.home.folder / "partners", name, Partner(url=them.url, root=root))
        for us, name in ((gd, GX), (gx, GD)):
            await known(us, name)
        yield gd, gx


async def known(service, region):
    """Wait until the keys of `region` are trusted here."""
    for _ in range(300):
        if service.app[CORRESPONDING].logs.witnesses(region):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"no keys of {region}")


async def at_the_window(gx):
    """Return the clerk's session for a resident who stands at the window in Nanning."""
    clerk = gx.official("clerk", "c-7", WINDOW)
    asked = {
        "region": GX,
        "purpose": ITEM,
        "legal_basis": "Personal Information Protection Law art. 13(1)(3)",
        "identifiers": RESIDENT,
        "fields": ["document_number", "name_zh"],
    }
    begun = await clerk.post("/v1/verifications/regions", asked)
    assert begun.status == 201, begun.body
    result = await gx.result(begun.body)
    assert result.body["status"] == "succeeded", result.body
    return Visitor(gx.http, result.body["session"])


async def handed_over(gx, *kinds):
    agent = await at_the_window(gx)
    digest = await agent.upload()
    begun = await agent.post(
        "/v1/handovers", BEGIN | {"materials": dict.fromkeys(kinds, digest)}
    )
    assert begun.status == 201, begun.body
    return agent, begun.headers["Location"]


async def becomes(agent, path, status):
    """Wait until a hand-over has this status, and return how it is shown."""
    for _ in range(200):
        shown = await agent.get(path)
        assert shown.status == 200, shown.body
        if shown.body["handover"]["status"] == status:
            return shown.body
        await asyncio.sleep(0.05)
    raise AssertionError(shown.body["handover"]["status"])


async def arrives(who, path):
    """Wait for a material, which travels after its message."""
    for _ in range(200):
        fetched = await who.get(path)
        if fetched.status == 200:
            return fetched.content
        await asyncio.sleep(0.05)
    raise AssertionError(fetched.body)


async def the_case(gd):
    cases = await gd.official("clerk", authority=AUTHORITY).get("/v1/cases")
    [case] = cases.body["cases"]
    return case["id"]


async def test_a_window_in_nanning_takes_what_zhaoqing_decides(tmp_path):
    async with regions(tmp_path) as (gd, gx):
        agent, path = await handed_over(gx, "application-form")
        shown = await becomes(agent, path, "RECEIVED")
        assert shown["handover"]["receipt"].startswith("GD")
        assert [m["direction"] for m in shown["messages"]] == ["sent", "received"]
        assert all(m["acknowledged"] for m in shown["messages"] if m["direction"] == "sent")

        case = await the_case(gd)
        clerk = gd.official("clerk", authority=AUTHORITY)
        assert await arrives(clerk, f"/v1/cases/{case}/materials/application-form") == PDF
        told = {"deficiencies": {"contribution-record": "missing"}}
        await clerk.act(case, "correction-requests", told)
        shown = await becomes(agent, path, "CORRECTION_REQUESTED")
        assert shown["entries"][-1]["fields"]["details"] == told["deficiencies"]

        digest = await agent.upload(PDF + b"%record")
        brought = await agent.change(
            f"{path}/corrections", {"materials": {"contribution-record": digest}}
        )
        assert brought.status == 200, brought.body
        await becomes(agent, path, "RECEIVED")
        assert (await clerk.act(case, "acceptances")).status == 200
        await becomes(agent, path, "ACCEPTED")


async def test_who_is_asked_in_another_region_answers_with_materials(tmp_path):
    async with regions(tmp_path) as (gd, gx):
        agent, path = await handed_over(gx, "application-form", "contribution-record")
        await becomes(agent, path, "RECEIVED")
        case = await the_case(gd)
        clerk, reviewer, approver = (
            gd.official(role, authority=AUTHORITY) for role in ("clerk", "reviewer", "approver")
        )
        await clerk.act(case, "acceptances")
        asked = await reviewer.change(
            f"/v1/cases/{case}/joint-reviews",
            {
                "region": GX,
                "authority": OFFICE,
                "basis": "duty",
                "question": "Do these contributions stand with you?",
                "materials": ["contribution-record"],
            },
        )
        assert asked.status == 201, asked.body
        assert asked.body["waiting_for"] == [GX]
        review = {"recommendation": "grant", "findings": "in order"}
        assert (await reviewer.act(case, "reviews", review)).status == 200
        assert (await approver.act(case, "grants", {"result": "P-1"})).status == 422

        there = gx.official("reviewer", "r-9", OFFICE)
        joint = await joint_of(there)
        await becomes(there, joint, "OPINION_ASKED")
        assert await arrives(there, f"{joint}/materials/contribution-record") == PDF
        statement = PDF + b"%statement"
        digest = await put(there, joint, statement)
        given = await there.change(
            f"{joint}/opinions",
            {
                "recommendation": "grant",
                "findings": "twelve years",
                "materials": {"statement": digest},
            },
        )
        assert given.status == 200, given.body

        await until_decided(approver, case)
        assert await arrives(clerk, f"/v1/cases/{case}/materials/statement") == statement
        await becomes(agent, path, "GRANTED")


async def joint_of(reviewer):
    for _ in range(200):
        listed = await reviewer.get("/v1/handovers")
        if listed.body["handovers"]:
            return f"/v1/handovers/{listed.body['handovers'][0]['id']}"
        await asyncio.sleep(0.05)
    raise AssertionError("the question did not arrive")


async def put(reviewer, path, content):
    digest = sha256(content).hexdigest()
    stored = await reviewer.call("PUT", f"{path}/materials/{digest}", data=content)
    assert stored.status == 201, stored.body
    return digest


async def until_decided(approver, case):
    for _ in range(200):
        granted = await approver.act(case, "grants", {"result": "P-1"})
        if granted.status == 200:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(granted.body)


async def test_the_window_is_the_clerks_office_and_not_a_word_of_the_body(tmp_path):
    async with regions(tmp_path) as (_, gx):
        agent, path = await handed_over(gx)
        begun = (await agent.get(path)).body
        other = await agent.post("/v1/handovers", BEGIN | {"window": OFFICE})

        assert begun["handover"]["authority"] == WINDOW
        assert begun["entries"][0]["authority"] == WINDOW
        assert (other.status, other.problem) == (422, "command-rejected")
        assert WINDOW in other.body["detail"]


async def test_a_clerk_without_the_session_of_somebody_is_told_what_is_needed(tmp_path):
    async with regions(tmp_path) as (_, gx):
        body = BEGIN | {"materials": {"application-form": "0" * 64}}

        answer = await gx.official("clerk", "c-7", WINDOW).post("/v1/handovers", body)

        assert (answer.status, answer.problem) == (403, "not-allowed")
        assert "in the session opened for whoever stands at" in answer.body["detail"]


async def test_only_who_it_concerns_sees_a_hand_over(tmp_path):
    async with regions(tmp_path) as (_, gx):
        _, path = await handed_over(gx, "application-form")

        clerk = gx.official("clerk", "c-8", WINDOW)
        assert (await clerk.get(path)).status == 200
        assert len((await clerk.get("/v1/handovers")).body["handovers"]) == 1
        elsewhere = gx.official("clerk", "c-9", OFFICE)
        assert (await elsewhere.get(path)).problem == "case-not-found"
        assert (await elsewhere.get("/v1/handovers")).body["handovers"] == []
        shown = await gx.supervisor.get(path)
        assert shown.body["entries"][0]["fields"]["form"] == "sealed"
        assert (await gx.supervisor.get(f"{path}/materials/application-form")).status == 403
        assert (await gx.anyone.get(path)).status == 401

        fetched = await clerk.get(f"{path}/materials/application-form")
        log = f"/v1/subjects/{shown.body['handover']['subject']}/access-log"
        reads = (await gx.session("data-protection-officer").get(log)).body["reads"]
        assert fetched.content == PDF
        assert [(each["reader"], each["what"]) for each in reads] == [
            ("c-8", "material:application-form"),
            ("c-8", "hand-over"),
        ]
