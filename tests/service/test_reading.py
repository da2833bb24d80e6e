"""Whoever is shown somebody else's data is recorded first, and the person is told."""

import pytest

from ledger.reading_events import PersonalRead
from service.policy import OFFICE, OWN, POLICIES, Open
from tests.service.running import AUTHORITY, FORM, ITEM

READS = {
    "/replay": "replay",
    "/steps": "steps",
    "/steps/2": "steps",
    "/evidence?materials=yes": "evidence",
    "/diff": "diff",
    "/materials/application-form": "material:application-form",
}


async def opened(service):
    applicant = await service.applicant()
    return applicant, await service.apply(applicant, "application-form")


async def log_of(visitor, **params):
    answer = await visitor.get("/v1/me/access-log", params=params)
    assert answer.status == 200, answer.body
    return answer.body


async def subject_of(service, case_id):
    return (await service.supervisor.get(f"/v1/cases/{case_id}")).body["case"]["subject"]


@pytest.mark.parametrize("part", READS)
async def test_who_reads_somebodys_data_is_told_to_them(service, part):
    applicant, case_id = await opened(service)

    answer = await service.official("reviewer", "r-7").get(f"/v1/cases/{case_id}{part}")

    assert answer.status == 200
    [read] = (await log_of(applicant))["reads"]
    assert (read["role"], read["reader"], read["authority"]) == ("reviewer", "r-7", AUTHORITY)
    assert (read["what"], read["about"], read["purpose"]) == (READS[part], case_id, ITEM)
    assert "13(1)(3)" in read["basis"]


async def test_who_bound_a_permit_is_told_who_saw_it(service):
    applicant, case_id = await opened(service)
    wording = (await service.anyone.get("/v1/bindings/wording")).body
    words = wording["texts"]["en"]["digest"]
    agreed = {"wording": wording["version"], "language": "en", "digest": words}
    await applicant.post("/v1/me/bindings", {"permit": "H99999901", **agreed})

    shown = await service.official("clerk").get(f"/v1/cases/{case_id}/applicant")

    told = [each["what"] for each in (await log_of(applicant))["reads"]]
    assert told == (["applicant"] if shown.body["bindings"] else [])


async def test_who_decides_a_request_unread_is_not_shown_what_the_person_wrote(service):
    person, officer = await service.applicant(), service.session("data-protection-officer")
    asked = {"kind": "copy", "words": "Zzyzx lives at 7 Nowhere Lane"}
    made = (await person.post("/v1/me/requests", asked)).body
    body = {"outcome": "grant", "ground": "pipl-45", "reason": "辦結"}

    decided = await officer.post(f"/v1/requests/{made['id']}/decision", body)
    unread = await log_of(person)
    read = await officer.get(f"/v1/requests/{made['id']}")

    assert (decided.status, decided.body["words"], decided.body["reason"]) == (
        200,
        None,
        "辦結",
    )
    assert unread["reads"] == []
    assert read.body["words"] == asked["words"]
    assert [each["what"] for each in (await log_of(person))["reads"]] == ["request"]


def in_office(policy):
    return not isinstance(policy.who, Open) and policy.who >= OFFICE


async def test_every_path_that_opens_a_case_to_its_office_is_tried_here():
    of_cases = {
        route.removeprefix("GET /v1/cases/{case_id}")
        .replace("{kind}", "application-form")
        .replace("{version}", "2")
        for route, policy in POLICIES.items()
        if route.startswith("GET /v1/cases/") and policy.personal and in_office(policy)
    }

    assert of_cases == {*(path.partition("?")[0] for path in READS), "/applicant"}


async def test_every_other_path_that_may_show_a_person_to_somebody_else_is_tried_here():
    others = {
        route
        for route, policy in POLICIES.items()
        if policy.personal and not isinstance(policy.who, Open) and not policy.who <= OWN
    }
    of_cases = {route for route in others if route.startswith("GET /v1/cases/{case_id}/")}

    assert others - of_cases == {
        "GET /v1/search",  # Shows nothing that is opened.
        "GET /v1/handovers/{handover_id}",
        "GET /v1/handovers/{handover_id}/materials/{kind}",
        "GET /v1/requests/{id}",
        "POST /v1/requests/{id}/decision",
    }


async def test_what_is_read_is_recorded_even_where_nobody_takes_the_answer(service):
    _, case_id = await opened(service)
    subject, head = await subject_of(service, case_id), service.ledger.head

    async with service.http.get(
        f"/v1/cases/{case_id}/materials/application-form",
        headers={"Authorization": f"Bearer {service.official('clerk').session}"},
    ) as response:
        response.close()

    [entry] = service.ledger.read(head)
    assert isinstance(entry.event, PersonalRead)
    assert (entry.subject, entry.actor.id) == (subject, "clerk-1")


async def test_ones_own_and_what_shows_nothing_personal_is_not_recorded(service):
    applicant, case_id = await opened(service)
    head = service.ledger.head

    for part in READS:
        await applicant.get(f"/v1/cases/{case_id}{part}")
        await service.supervisor.get(f"/v1/cases/{case_id}{part}")
        await service.official("chief-officer").get(f"/v1/cases/{case_id}{part}")
        await service.official("clerk").call("HEAD", f"/v1/cases/{case_id}{part}")
    for part in ("", "/timeline", "/bundles/1", "/receipts/1"):
        await service.official("clerk").get(f"/v1/cases/{case_id}{part}")

    assert service.ledger.head == head
    assert (await log_of(applicant))["reads"] == []


async def test_an_access_log_is_paged_from_the_newest(service):
    applicant, case_id = await opened(service)
    for n in range(5):
        await service.official("clerk", f"c-{n}").get(f"/v1/cases/{case_id}/replay")

    first = await log_of(applicant, limit="2")
    second = await log_of(applicant, limit="2", after=str(first["next"]))
    last = await log_of(applicant, limit="2", after=str(second["next"]))

    pages = [[each["reader"] for each in page["reads"]] for page in (first, second, last)]
    assert pages == [["c-4", "c-3"], ["c-2", "c-1"], ["c-0"]]
    assert last["next"] is None


async def test_those_who_answer_for_data_see_who_read_whose_and_nobody_else_does(service):
    _, case_id = await opened(service)
    await service.official("clerk").get(f"/v1/cases/{case_id}/replay")
    path = f"/v1/subjects/{await subject_of(service, case_id)}/access-log"

    officer = await service.session("data-protection-officer").get(path)
    supervisor = await service.supervisor.get(path)
    others = [await service.applicant(), service.official("clerk"), service.session("operator")]

    assert [each["what"] for each in officer.body["reads"]] == ["replay"]
    assert supervisor.body == officer.body
    for other in others:
        assert (await other.get(path)).status == 403


async def test_who_was_erased_is_not_hindered_by_who_read_them(service):
    applicant, case_id = await opened(service)
    clerk, operator = service.official("clerk"), service.session("operator", channel="system")
    await clerk.get(f"/v1/cases/{case_id}/replay")
    subject = await subject_of(service, case_id)
    await applicant.act(case_id, "withdrawals")
    await operator.post(f"/v1/subjects/{subject}/restriction", {"basis": "pipl-47"})
    erased = await operator.post(f"/v1/subjects/{subject}/erasure", {"basis": "pipl-47"})
    head = service.ledger.head

    shown = await clerk.get(f"/v1/cases/{case_id}/replay")
    kept = await service.supervisor.get(f"/v1/subjects/{subject}/access-log")

    assert erased.status in (200, 202), erased.body
    assert FORM["premises"] not in shown.content.decode()
    assert service.ledger.head == head
    assert service.ledger.keys.key(subject) is None
    assert [each["what"] for each in kept.body["reads"]] == ["replay"]
