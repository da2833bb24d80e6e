"""A person asks about their data over HTTP, and an officer decides: to the end of it."""

import asyncio

from ledger.http import ERASER
from tests.service.erasing import erased, subject_of
from tests.service.persons import VALUES, closed_case, traces
from tests.service.running import running

WORDS = "請把 Zzyzx 的資料刪去"


def officer(service):
    return service.session("data-protection-officer", "dpo-1", channel="system")


async def asked(person, kind="erasure", words=WORDS):
    answer = await person.post("/v1/me/requests", {"kind": kind, "words": words})
    assert answer.status == 201, answer.body
    return answer.body


async def answered(who, request, outcome="grant", ground="pipl-47"):
    body = {"outcome": outcome, "ground": ground, "reason": "辦結"}
    return await who.post(f"/v1/requests/{request['id']}/decision", body)


async def test_an_erasure_asked_and_granted_leaves_no_trace_of_the_person(tmp_path):
    async with running(tmp_path) as service:
        person, _ = await closed_case(service)
        request = await asked(person)
        listed = (await officer(service).get("/v1/requests?status=open")).body["requests"]
        read = await officer(service).get(f"/v1/requests/{request['id']}")

        granted = await answered(officer(service), request)
        service.app[ERASER].finish()
        after = await officer(service).get(f"/v1/requests/{request['id']}")

        assert [each["id"] for each in listed] == [request["id"]]
        assert WORDS not in str(listed)
        assert read.body["words"] == WORDS
        assert (granted.status, granted.body["status"]) == (200, "granted")
        assert (after.body["words"], after.body["reason"]) == (None, None)
    assert traces(tmp_path, *VALUES, WORDS) == []


async def test_who_was_erased_is_told_so_of_all_they_asked(service):
    person, case = await closed_case(service)
    for kind in ("copy", "erasure"):
        await asked(person, kind)
    await erased(service, await subject_of(service, case))
    told = (await person.get("/v1/me/requests")).body["requests"]

    assert [each["status"] for each in told] == ["erased", "erased"]


async def test_a_person_follows_what_they_asked_and_is_told_why_it_was_refused(service):
    person, other = await service.applicant(), await service.applicant()
    request = await asked(person)

    await answered(officer(service), request, "refuse", "pipl-47-retention")

    [shown] = (await person.get("/v1/me/requests")).body["requests"]
    assert (shown["status"], shown["reason"]) == ("refused", "辦結")
    assert shown["due"] == "2026-03-09"
    assert (shown["made_at"], shown["decided_at"]) == ("2026-02-10T02:00:00Z",) * 2
    assert "position" not in shown
    assert (await other.get("/v1/me/requests")).body["requests"] == []
    again = await other.post(f"/v1/me/requests/{request['id']}/withdrawal")
    assert (again.status, again.problem) == (422, "command-rejected")


async def test_a_second_of_the_same_kind_waits_for_the_first(service):
    person = await service.applicant()
    request = await asked(person, "copy")

    second = await person.post("/v1/me/requests", {"kind": "copy"})
    withdrawn = await person.post(f"/v1/me/requests/{request['id']}/withdrawal")

    assert (second.status, second.problem) == (422, "command-rejected")
    assert withdrawn.body["status"] == "withdrawn"
    assert (await asked(person, "copy"))["status"] == "open"


async def test_no_erasure_is_granted_over_http_while_a_case_is_open(service):
    person = await service.applicant()
    case = await service.apply(person)

    granted = await answered(officer(service), await asked(person))

    assert (granted.status, granted.problem) == (422, "command-rejected")
    assert "open cases" in granted.body["detail"]
    assert (await person.get(f"/v1/cases/{case}")).status == 200


async def test_of_many_of_the_same_kind_at_once_one_is_made(service):
    person = await service.applicant()

    asked_at_once = (person.post("/v1/me/requests", {"kind": "copy"}) for _ in range(6))
    answers = await asyncio.gather(*asked_at_once)

    assert sorted(answer.status for answer in answers) == [201, *[422] * 5]


async def test_nobody_but_the_officers_sees_or_decides_requests(service):
    person = await service.applicant()
    request = await asked(person)

    for who in (person, service.official("clerk"), service.supervisor, service.anyone):
        for answer in (
            await who.get("/v1/requests"),
            await who.get(f"/v1/requests/{request['id']}"),
            await answered(who, request),
        ):
            assert answer.status in (401, 403)


async def test_a_status_that_no_request_has_is_named_with_those_there_are(service):
    listed = await officer(service).get("/v1/requests?status=closed")

    assert (listed.status, listed.body["field"]) == (400, "?status")
    assert "open, granted, refused, withdrawn, erased" in listed.body["detail"]
