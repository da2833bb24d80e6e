"""A case from proof of identity to licence, by the client alone, on the running service."""

import asyncio

import pytest
import pytest_asyncio

from client import Applicant, Department, Refused
from tests.service.running import FORM, ITEM
from tests.service.visitor import PDF

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def applicant(shared):
    """Return somebody who proved who they are."""
    return Applicant(shared.http, (await shared.applicant()).session)


def department(service, role):
    return Department(service.http, service.official(role).session)


async def test_somebody_verifies_applies_and_is_given_their_licence(shared, applicant):
    clerk, reviewer = department(shared, "clerk"), department(shared, "reviewer")
    approver = department(shared, "approver")
    digest = await applicant.upload(PDF)
    item = (await applicant.item(ITEM))["item"]
    materials = {m.id: digest for m in item.materials}

    case = (await applicant.apply(ITEM, FORM, materials))["case_id"]
    await clerk.act(case, "acceptances")
    reviewed = await reviewer.act(case, "reviews", recommendation="grant", findings="in order")
    granted = await approver.act(
        case, "grants", version=reviewed["version"], result="JY-SAMPLE-0001"
    )

    assert granted["status"] == "GRANTED"
    assert (await applicant.case(case))["case"]["decision"] == "GRANTED"
    assert await clerk.material(case, item.materials[0].id) == PDF


async def test_what_was_written_is_in_what_is_read_next(shared, applicant):
    opened = [await applicant.apply(ITEM, FORM) for _ in range(3)]

    listed = [row["id"] async for row in applicant.cases()]

    assert sorted(listed) == sorted(each["case_id"] for each in opened)
    timeline = await applicant.timeline(opened[-1]["case_id"])
    assert [row["event"] for row in timeline] == opened[-1]["events"]


async def test_a_list_is_read_page_after_page(shared, applicant):
    opened = {(await applicant.apply(ITEM, FORM))["case_id"] for _ in range(5)}

    listed = [row["id"] async for row in applicant.cases(limit="2")]

    assert set(listed) == opened
    assert len(listed) == 5


async def test_cases_are_found_by_words_of_what_they_are_about(shared, applicant):
    case = (await applicant.apply(ITEM, FORM))["case_id"]
    clerk = department(shared, "clerk")
    clerk.position = applicant.position

    assert case in [row["id"] async for row in clerk.search("测试小店")]


async def test_who_was_overtaken_is_told_by_the_type_of_the_problem(shared, applicant):
    opened = await applicant.apply(ITEM, FORM)
    clerk = department(shared, "clerk")

    with pytest.raises(Refused) as refused:
        await clerk.act(opened["case_id"], "acceptances", version=1)

    assert refused.value.status in (409, 412)
    assert refused.value.type.startswith("/problems/")


async def test_a_field_that_does_not_fit_is_named(shared, applicant):
    with pytest.raises(Refused) as refused:
        await applicant.apply(ITEM, {"business_name": 7})

    assert (refused.value.name, refused.value.field) == (
        "bad-request",
        "$.form[...]",
    )


async def test_the_same_key_opens_one_case(shared, applicant):
    first, again = await asyncio.gather(
        applicant.apply(ITEM, FORM, key="k-1"), applicant.apply(ITEM, FORM, key="k-1")
    )

    assert first == again


async def test_who_declines_on_the_page_has_no_session(shared):
    async def decline(page):
        state = page.partition("state=")[2].partition("&")[0]
        await shared.back({"state": state}, error_code="D70001")

    with pytest.raises(Refused, match="verification-declined"):
        await Applicant.verified(
            shared.http, method="iamsmart", purpose=ITEM, go=decline, seconds=5
        )


async def test_what_happens_is_followed_and_taken_up_where_it_broke_off(shared, applicant):
    opened = await applicant.apply(ITEM, FORM)
    seen = []

    async def look(after, wanted):
        async for told in applicant.follow(after=after):
            seen.append(told)
            if len(seen) == wanted:
                return

    await asyncio.wait_for(look(0, 2), 5)
    missing = {"layout-plan": "It is missing."}
    clerk = department(shared, "clerk")
    await clerk.act(opened["case_id"], "correction-requests", deficiencies=missing)
    await asyncio.wait_for(look(int(seen[-1].id), 3), 5)

    assert [told.data["event"] for told in seen] == [
        *opened["events"],
        "correction.requested.v1",
    ]
