"""Who may read what: one's own, one's office's, or everything with the person left out."""

import pytest

from tests.service.running import AUTHORITY, ELSEWHERE, FORM, MORNING
from tests.service.visitor import told

NEVER = (
    "hearing-chair",
    "evidence-provider",
    "data-protection-officer",
    "partner",
    "operator",
    "clock",
)
READS = ("", "/timeline", "/replay", "/materials/application-form")


pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def service(shared):
    return shared


async def opened(service):
    applicant = await service.applicant()
    return applicant, await service.apply(applicant, "application-form")


@pytest.mark.parametrize("part", READS)
async def test_a_case_of_somebody_else_is_answered_like_one_that_does_not_exist(service, part):
    _, case_id = await opened(service)
    strangers = [
        await service.applicant(),
        service.session("agent"),
        service.official("clerk", authority=ELSEWHERE),
        service.official("reviewer", authority=ELSEWHERE),
        service.official("department-head", authority=ELSEWHERE),
        service.session("chief-officer"),
        service.session("clerk"),
    ]
    nowhere = "/v1/cases/00000000-0000-4000-8000-000000000000"

    answers = [await each.get(f"/v1/cases/{case_id}{part}") for each in strangers]
    absent = await strangers[0].get(f"{nowhere}{part}")

    assert (absent.status, absent.problem) == (404, "case-not-found")
    assert [told(answer) for answer in answers] == [told(absent)] * len(answers)


@pytest.mark.parametrize("part", READS)
@pytest.mark.parametrize("role", NEVER)
async def test_a_role_that_reads_no_cases_is_told_the_same_of_each(service, part, role):
    _, case_id = await opened(service)
    visitor = service.session(role, authority=AUTHORITY)
    nowhere = "00000000-0000-4000-8000-000000000000"

    there, absent = [await visitor.get(f"/v1/cases/{id}{part}") for id in (case_id, nowhere)]

    assert (there.status, there.problem) == (403, "not-allowed")
    assert told(there) == told(absent)


@pytest.mark.parametrize("part", [*READS, None])
async def test_nobody_reads_without_a_session_nor_learns_what_there_is(service, part):
    _, case_id = await opened(service)
    nowhere = "00000000-0000-4000-8000-000000000000"
    paths = [
        "/v1/cases" if part is None else f"/v1/cases/{id}{part}" for id in (case_id, nowhere)
    ]

    for refused in [await service.anyone.get(path) for path in paths]:
        assert (refused.status, refused.problem) == (401, "unauthenticated")
        assert refused.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("part", READS)
async def test_applicants_and_the_deciding_office_read_the_whole_case(service, part):
    applicant, case_id = await opened(service)
    readers = [applicant, *map(service.official, ("clerk", "reviewer", "approver"))]

    answers = [await each.get(f"/v1/cases/{case_id}{part}") for each in readers]

    assert {answer.status for answer in answers} == {200}


async def test_a_list_holds_what_its_reader_may_read_and_no_more(service):
    (one, mine), (other, theirs) = await opened(service), await opened(service)

    async def ids(visitor):
        rows = (await visitor.get("/v1/cases", params={"limit": "500"})).body["cases"]
        return {row["id"] for row in rows}

    assert await ids(one) == {mine}
    assert await ids(other) == {theirs}
    assert await ids(service.official("clerk")) >= {mine, theirs}
    assert await ids(service.official("clerk", authority=ELSEWHERE)) == set()
    assert await ids(service.supervisor) >= {mine, theirs}


async def test_a_list_is_for_people_with_cases_to_read(service):
    for visitor in (
        service.session("clerk"),
        service.session("partner", authority=AUTHORITY),
        service.session("operator"),
        service.session("clock"),
    ):
        assert (await visitor.get("/v1/cases")).problem == "not-allowed"


async def test_a_list_is_read_page_by_page(service):
    applicant = await service.applicant()
    case_ids = {await service.apply(applicant, "application-form") for _ in range(3)}

    first = await applicant.get("/v1/cases", params={"limit": "2"})
    second = await applicant.get(
        "/v1/cases", params={"limit": "2", "after": first.body["next"]}
    )

    rows = [*first.body["cases"], *second.body["cases"]]
    assert [row["id"] for row in rows] == sorted(case_ids)
    assert second.body["next"] is None


async def test_a_supervisor_sees_that_personal_fields_are_there_and_not_what_they_hold(service):
    applicant, case_id = await opened(service)
    path = f"/v1/cases/{case_id}/replay"

    sealed = await service.supervisor.get(path)
    whole = await applicant.get(path)

    assert whole.body["entries"][-1]["fields"]["form"] == FORM
    assert sealed.body["entries"][-1]["fields"]["form"] == "sealed"
    assert sealed.body["entries"][-1]["fields"]["digests"] == "sealed"
    assert not any(value.encode() in sealed.content for value in FORM.values())


async def test_a_supervisor_fetches_no_materials(service):
    applicant, case_id = await opened(service)
    digest = await applicant.upload()

    through_case = await service.supervisor.get(f"/v1/cases/{case_id}/materials/layout-plan")
    by_digest = await service.supervisor.get(f"/v1/materials/{digest}")

    assert (through_case.status, through_case.problem) == (403, "not-allowed")
    assert (by_digest.status, by_digest.problem) == (403, "not-allowed")


async def test_what_one_person_uploaded_is_not_there_for_another(service):
    one, other = await service.applicant(), await service.applicant()
    digest = await one.upload()

    refused = await other.get(f"/v1/materials/{digest}")
    brought = await other.post(
        "/v1/cases",
        {
            "item": "gd.zhaoqing.food-operation-licence",
            "form": FORM,
            "materials": {"application-form": digest},
        },
    )

    assert (refused.status, refused.problem) == (404, "material-not-found")
    assert (brought.status, brought.problem) == (422, "command-rejected")


async def test_a_record_of_another_kind_is_not_a_case(service):
    applicant, _ = await opened(service)
    begun = await service.begin()
    genesis = next(iter(service.ledger.read(0)))

    for id in (begun["id"], genesis.stream):
        for visitor in (applicant, service.supervisor, service.official("clerk")):
            for part in READS:
                answer = await visitor.get(f"/v1/cases/{id}{part}")
                assert (answer.status, answer.problem) == (404, "case-not-found")
        acted = await service.official("clerk").act(id, "acceptances")
        assert (acted.status, acted.problem) == (404, "case-not-found")


async def test_a_case_can_be_read_as_it_stood_and_not_before_it_was(service):
    applicant, case_id = await opened(service)
    path = f"/v1/cases/{case_id}/replay"
    await applicant.act(case_id, "withdrawals", {"reason": "We moved."})

    then = await applicant.get(path, params={"position": str(service.ledger.head - 1)})
    before = await applicant.get(path, params={"as_of": "2026-02-09"})
    morning = await applicant.get(path, params={"as_of": MORNING.isoformat()})

    assert then.body["case"]["status"] == "RECEIVED"
    assert (before.status, before.problem) == (404, "case-not-found")
    assert morning.body["case"]["status"] == "WITHDRAWN"
