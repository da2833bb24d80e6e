"""Searching over HTTP: everybody among their own, and whatever they type."""

from uuid import uuid4

import pytest

from tests.ledger.test_search_text import HOSTILE
from tests.service.running import AUTHORITY, ELSEWHERE, ITEM

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def service(shared):
    return shared


async def opened(service, **form):
    """A case of somebody new, with words in its form that are in no other."""
    applicant = await service.applicant()
    submit = {"item": ITEM, "form": form}
    submitted = await applicant.post("/v1/cases", submit)
    assert submitted.status == 201, submitted.body
    return applicant, submitted.body["case_id"]


async def searched(visitor, **query):
    answer = await visitor.get("/v1/search", params=query)
    assert answer.status == 200, answer.body
    return [row["id"] for row in answer.body["cases"]], answer.body


async def test_a_case_is_found_by_its_applicant_and_its_office_by_what_the_form_says(service):
    word = f"w{uuid4().hex}"
    applicant, case_id = await opened(service, owner="範小華", business_name=word)
    another = await service.applicant()

    assert (await searched(applicant, q=word))[0] == [case_id]
    assert (await searched(applicant, q="范小华"))[0] == [case_id]
    assert (await searched(service.official("clerk"), q=word))[0] == [case_id]
    for visitor in (
        another,
        service.supervisor,
        service.official("clerk", authority=ELSEWHERE),
        service.session("agent"),
    ):
        found, body = await searched(visitor, q=word, counts="yes", order="rank")
        assert found == []
        assert body["counts"]["cases"] == 0
        assert body["counts"]["status"] == {}


async def test_a_supervisor_finds_it_by_what_is_not_personal(service):
    _, case_id = await opened(service, business_name="Testing Tea")
    receipt = (await service.supervisor.get(f"/v1/cases/{case_id}")).body["case"]["receipt"]

    assert (await searched(service.supervisor, q=receipt))[0] == [case_id]
    assert (await searched(service.supervisor, q=f"{receipt} 食品經營"))[0] == [case_id]


async def test_what_is_shown_is_what_the_list_shows_and_the_personal_text_is_not(service):
    applicant, case_id = await opened(service, owner="陳大文")

    _, body = await searched(applicant, q="陈大文", counts="yes")

    (row,) = body["cases"]
    assert set(row) == {
        *("id", "register", "number", "item", "authority", "subject"),
        *("status", "first", "last", "due", "version"),
    }
    assert row["id"] == case_id
    assert body["counts"] == {
        "cases": 1,
        "register": {},
        "status": {"RECEIVED": 1},
        "authority": {AUTHORITY: 1},
        "item": {ITEM: 1},
    }


@pytest.mark.parametrize("role", ["partner", "operator"])
async def test_who_lists_no_cases_finds_none(service, role):
    answer = await service.session(role).get("/v1/search", params={"q": "a"})

    assert (answer.status, answer.problem) == (403, "not-allowed")


async def test_who_is_nobody_in_particular_finds_nothing(service):
    answer = await service.anyone.get("/v1/search", params={"q": "a"})

    assert (answer.status, answer.problem) == (401, "unauthenticated")


async def test_filters_narrow_and_never_widen(service):
    applicant, case_id = await opened(service, owner="陳大文")
    _, elsewhere = await opened(service, owner="陳大文")
    subject = (await service.supervisor.get(f"/v1/cases/{elsewhere}")).body["case"]["subject"]

    assert (await searched(applicant, item=ITEM, status="RECEIVED"))[0] == [case_id]
    assert (await searched(applicant, status="GRANTED"))[0] == []
    assert (await searched(applicant, subject=subject))[0] == []
    assert (await searched(applicant, overdue="yes"))[0] == []
    assert (await searched(applicant, opened_from="2027-01-01"))[0] == []
    assert (await searched(applicant, changed_until="2027-01-01"))[0] == [case_id]
    assert (await searched(service.supervisor, subject=subject))[0] == [elsewhere]


async def test_pages_lead_on(service):
    applicant = await service.applicant()
    for _ in range(3):
        await applicant.post("/v1/cases", {"item": ITEM, "form": {"a": "b"}})

    first, body = await searched(applicant, q="food", limit="2")
    second, end = await searched(applicant, q="food", limit="2", after=body["next"])

    assert (len(first), len(second), end["next"]) == (2, 1, None)
    assert not set(first) & set(second)


@pytest.mark.parametrize("words", HOSTILE)
async def test_whatever_is_typed_is_looked_for_or_refused(service, words):
    answer = await service.official("clerk").get("/v1/search", params={"q": words})

    assert answer.status == 200 or answer.problem == "bad-request"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", ""),
        ("q", "🙂"),
        ("q", "a" * 401),
        ("q", "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 390),
        ("order", "best"),
        ("after", "1"),
        ("after", "MH4yMDI2fng"),
        ("overdue", "maybe"),
        ("counts", ""),
        ("opened_from", "yesterday"),
        ("limit", "0"),
        ("personal", "yes"),
    ],
)
async def test_what_does_not_fit_is_named(service, name, value):
    answer = await service.supervisor.get("/v1/search", params={name: value})

    assert (answer.status, answer.problem) == (400, "bad-request")
    assert answer.body["field"] == f"?{name}"
