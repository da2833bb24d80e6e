"""What may be wrong in a path, a query or a header; each mistake is named."""

from base64 import urlsafe_b64encode
from hashlib import blake2b

import pytest

from tests.service.running import FORM, ITEM

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def service(shared):
    return shared


def application(**changes):
    return {"item": ITEM, "form": FORM, "materials": {}, **changes}


@pytest.mark.parametrize("id", ["x", "1", "%00", "0" * 31, "..%2f", "%F0%9F%98%80"])
async def test_what_is_no_id_of_a_case_is_named(service, id):
    clerk = service.official("clerk")

    answers = [
        await clerk.get(f"/v1/cases/{id}"),
        await clerk.get(f"/v1/cases/{id}/timeline"),
        await clerk.get(f"/v1/cases/{id}/materials/x"),
        await clerk.act(id, "acceptances"),
    ]

    for answer in answers:
        assert (answer.status, answer.body["field"]) == (400, "case_id")


QUERIES = {
    "an unknown one": ("", "colour=red"),
    "a misspelt one": ("/replay", "asof=2026-02-10"),
    "one given twice": ("/replay", "as_of=2026-02-10&as_of=2026-02-11"),
    "a time that is none": ("/replay", "as_of=yesterday"),
    "a day that is none": ("/replay", "recorded_until=2026-02-30"),
    "a source time that is none": ("/replay", "source_recorded_until=1"),
    "an empty time": ("/replay", "as_of="),
    "position 0": ("/replay", "position=0"),
    "a position below": ("/replay", "position=-1"),
    "a position in other digits": ("/replay", "position=٣"),
    "a position with a grouping": ("/replay", "position=1_0"),
    "a position without end": ("/replay", f"position={'9' * 5000}"),
    "a parameter of another path": ("/timeline", "limit=1"),
}


@pytest.mark.parametrize("mistake", QUERIES)
async def test_a_parameter_that_does_not_fit_is_named(service, mistake):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    part, query = QUERIES[mistake]

    refused = await applicant.get(f"/v1/cases/{case_id}{part}?{query}")

    assert (refused.status, refused.problem) == (400, "bad-request")
    assert refused.body["field"] == f"?{query.partition('=')[0]}"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "after=a&after=b", "name=x", "position=0"]
)
async def test_a_list_asked_for_wrongly_names_the_parameter(service, query):
    refused = await service.supervisor.get(f"/v1/cases?{query}")

    assert (refused.status, refused.body["field"]) == (400, f"?{query.partition('=')[0]}")


@pytest.mark.parametrize(
    "moment",
    ["2026-02-10", "2026-02-10T12:00:00%2B08:00", "2026-02-10T12:00:00+08:00", "20260210T04Z"],
)
async def test_a_time_may_be_written_in_more_than_one_way(service, moment):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")

    shown = await applicant.get(f"/v1/cases/{case_id}/replay?recorded_until={moment}")

    assert shown.status == 200


async def test_until_a_day_is_until_its_end(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")

    for before in ("2026-02-09", "2026-02-10T00:00:00Z"):
        shown = await applicant.get(f"/v1/cases/{case_id}/replay?as_of={before}")
        assert shown.status == 404
    day = "2026-02-10"
    for filters in (
        f"opened_from={day}&opened_until={day}",
        f"changed_from={day}&changed_until={day}",
    ):
        found = await applicant.get(f"/v1/search?{filters}")
        assert [each["id"] for each in found.body["cases"]] == [case_id]


@pytest.mark.parametrize(
    ("query", "would"),
    [
        ("opened_from=-", "a time in ISO 8601"),
        ("opened_until=-", "a time in ISO 8601"),
        ("limit=0", "a whole number from 1 to 500"),
        ("limit=501", "a whole number from 1 to 500"),
        ("overdue=-", "`yes` or `no`"),
        ("order=-", "`changed` or `rank`"),
        ("after=-", "the `next` of the page before"),
        ("q=-", "a few words"),
        ("position=-", "a whole number from 1 on"),
    ],
)
async def test_of_what_does_not_fit_it_is_said_what_would(service, query, would):
    name, _, value = query.partition("=")

    refused = await service.supervisor.get(f"/v1/search?{query}")
    long = await service.supervisor.get(f"/v1/search?{name}={'-' * 3000}")

    assert (refused.status, refused.body["field"]) == (400, f"?{name}")
    assert f"'{value}' does not fit: {would}" in refused.body["detail"]
    assert "-" * 40 in long.body["detail"]
    assert "-" * 41 not in long.body["detail"]


async def test_no_more_than_the_beginning_of_a_name_is_repeated(service):
    refused = await service.supervisor.get(f"/v1/cases?{'n' * 300}=1")

    assert refused.body["field"] == f"?{'n' * 40}"


@pytest.mark.parametrize(
    "query",
    ["opened_until=9999-12-31T23:59:59-14:00", "opened_from=0001-01-01T00:00:00%2B14:00"],
)
async def test_what_an_offset_takes_beyond_the_ends_of_time_is_searched_for(service, query):
    case_id = await service.apply(await service.applicant(), "application-form")

    found = await service.supervisor.get(f"/v1/search?{query}&limit=500")

    assert found.status == 200
    assert case_id in [each["id"] for each in found.body["cases"]]


@pytest.mark.parametrize("fact", [2**63, 10**22, -1])
async def test_a_forged_cursor_with_a_number_that_no_row_has_is_refused(service, fact):
    text = f'["a","b",{fact}]'
    check = blake2b(repr(("/v1/conflicts", [], text)).encode(), digest_size=8).digest()
    cursor = urlsafe_b64encode(check + text.encode()).rstrip(b"=").decode()

    refused = await service.supervisor.get(f"/v1/conflicts?after={cursor}")

    assert (refused.status, refused.body["field"]) == (400, "?after")


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59.999999-14:00"]
)
async def test_the_ends_of_time_are_times(service, moment):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")

    shown = await applicant.get(f"/v1/cases/{case_id}/replay?as_of={moment}")

    assert shown.status == (200 if moment.startswith("9") else 404)


@pytest.mark.parametrize(
    "tag", ['"²"', f'"{"9" * 5000}"', '"-1"', '"', 'W/"1"', "1", '"1", "2"']
)
async def test_a_tag_that_is_no_version_is_named(service, tag):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")

    refused = await applicant.act(case_id, "withdrawals", headers={"If-Match": tag})

    assert (refused.status, refused.body["field"]) == (400, "If-Match")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "\udcff"])
async def test_a_key_that_is_none_is_named(service, key):
    applicant = await service.applicant()

    refused = await applicant.post("/v1/cases", application(), headers={"Idempotency-Key": key})

    assert (refused.status, refused.body["field"]) == (400, "Idempotency-Key")
