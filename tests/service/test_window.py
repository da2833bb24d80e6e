"""Our own residents at our own windows: our register says who they are, for one matter."""

import pytest

from adapters.panprd.register import RESIDENTS
from rest import Rate
from server import open_sessions
from tests.service.neighbours import GD, names
from tests.service.outcomes import refused
from tests.service.running import ITEM, running
from tests.service.visitor import Visitor

RESIDENT = next(each.held() for each in RESIDENTS if each.region == GD)
BELIEVED = {name: RESIDENT[name] for name in ("document_type", "document_number", "name_zh")}
PERMIT = "gd.zhaoqing.residence-permit"
ASKED = {
    "region": GD,
    "purpose": PERMIT,
    "legal_basis": "Personal Information Protection Law art. 13(1)(3)",
    "identifiers": BELIEVED,
}
FORM = {"name": "測試"}


async def at_window(service, **changes):
    clerk = service.official("clerk")
    begun = await clerk.post("/v1/verifications/regions", ASKED | changes)
    assert begun.status == 201, begun.body
    return (await service.result(begun.body)).body


async def test_a_resident_of_ours_is_vouched_for_at_our_window(tmp_path):
    async with running(tmp_path / "home") as service:
        result = await at_window(service)

        assured = result["assured"]
        assert (result["method"], result["jurisdiction"]) == ("counter", GD)
        assert (assured["level"], assured["bound_how"]) == (3, "register")
        assert assured["authenticated_how"] == "window"
        assert assured["source_as_of"] is not None
        assert names(service) == ["verification.begun.v1", "verification.succeeded.v1"]


async def test_the_clerk_acts_for_them_in_this_one_matter(tmp_path):
    async with running(tmp_path / "home") as service:
        token = (await at_window(service))["session"]
        agent = Visitor(service.http, token)
        session = open_sessions(service.home, service.edge).read(token)

        here = await agent.post("/v1/cases", {"item": PERMIT, "form": FORM})
        elsewhere = agent.post("/v1/cases", {"item": ITEM, "form": FORM})

        assert here.status == 201, here.body
        await refused(elsewhere, 403, "not-allowed")
        assert (session.role, session.item) == ("agent", PERMIT)
        assert session.principal != session.subject == "clerk-1"


async def test_who_comes_again_is_the_same_person(tmp_path):
    async with running(tmp_path / "home") as service:
        sessions = open_sessions(service.home, service.edge)

        principals = {
            sessions.read((await at_window(service))["session"]).principal for _ in range(2)
        }

        assert len(principals) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"name_zh": "某某"},
        {"document_number": "459999199003070025"},
    ],
)
async def test_who_is_not_as_believed_is_not_vouched_for(tmp_path, other):
    async with running(tmp_path / "home") as service:
        result = await at_window(service, identifiers=BELIEVED | other)

        assert result == {"status": "failed", "reason": "no_match"}


async def test_without_a_register_nobody_is_vouched_for(tmp_path):
    async with running(tmp_path / "home", sample_register=False) as service:
        answer = await service.official("clerk").post("/v1/verifications/regions", ASKED)

        assert (answer.status, answer.body["field"]) == (400, "$.region")


async def test_we_carry_no_request_to_ourselves(tmp_path):
    async with running(tmp_path / "home") as service:
        answer = await service.official("clerk").post(
            "/v1/verifications/regions", ASKED | {"carry": True}
        )

        assert (answer.status, answer.body["field"]) == (400, "$.carry")
        assert names(service) == []


async def test_one_address_begins_only_so_many(tmp_path):
    rate = Rate(per_second=1, burst=3)
    async with running(tmp_path / "home", address_rate=rate) as service:
        body = {"method": "iamsmart", "purpose": ITEM}
        answers = [await service.anyone.post("/v1/verifications", body) for _ in range(5)]

        assert [each.status for each in answers] == [201] * 3 + [429] * 2
        assert len(names(service)) == 3
