"""The same command again, at once or later: one effect, one answer."""

import asyncio

import pytest

from identity.http import SESSIONS
from tests.service.running import AUTHORITY, ELSEWHERE, FORM, ITEM

pytestmark = pytest.mark.asyncio(loop_scope="session")
APPLICATION = {"item": ITEM, "form": FORM}
KEY = {"Idempotency-Key": "one"}


@pytest.fixture
def service(shared):
    return shared


async def test_an_application_sent_again_opens_one_case_and_gets_one_answer(service):
    applicant = await service.applicant()

    first = await applicant.post("/v1/cases", APPLICATION, headers=KEY)
    again = await applicant.post("/v1/cases", APPLICATION, headers=KEY)

    assert first.status == again.status == 201
    assert first.body == again.body
    assert first.headers["Location"] == again.headers["Location"]
    assert len((await applicant.get("/v1/cases")).body["cases"]) == 1


async def test_an_application_sent_many_times_at_once_opens_one_case(service):
    applicant = await service.applicant()
    head = service.ledger.head

    answers = await asyncio.gather(
        *(applicant.post("/v1/cases", APPLICATION, headers=KEY) for _ in range(12))
    )

    assert {answer.status for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert service.ledger.head == head + 2


async def test_applications_without_a_key_are_different_ones(service):
    applicant = await service.applicant()

    answers = [await applicant.post("/v1/cases", APPLICATION) for _ in range(2)]

    assert len({answer.body["case_id"] for answer in answers}) == 2


async def test_a_command_sent_again_later_gets_its_first_answer(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    clerk = service.official("clerk")
    told = {"deficiencies": {"form": "It is unsigned."}}
    key = {"Idempotency-Key": case_id}

    first = await clerk.act(case_id, "correction-requests", told, headers=key)
    await applicant.act(case_id, "corrections", {"form": {"signed": "yes"}})
    head = service.ledger.head
    again = await clerk.act(case_id, "correction-requests", told, headers=key)

    assert first.status == again.status == 200
    assert first.body == again.body
    assert again.body["status"] == "CORRECTION_REQUESTED"
    assert service.ledger.head == head


async def test_a_command_sent_at_once_by_many_takes_effect_once(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    head = service.ledger.head

    answers = await asyncio.gather(
        *(applicant.act(case_id, "withdrawals", headers=KEY) for _ in range(6)),
        *(applicant.act(case_id, "withdrawals") for _ in range(6)),
    )

    statuses = sorted(answer.status for answer in answers)
    assert statuses in ([200] + [422] * 11, [200] * 6 + [422] * 6)
    assert service.ledger.head == head + 1


async def test_a_key_used_for_another_body_or_another_act_is_refused(service):
    applicant = await service.applicant()
    opened = await applicant.post("/v1/cases", APPLICATION, headers=KEY)
    head = service.ledger.head

    body = await applicant.post("/v1/cases", {**APPLICATION, "form": {"a": "b"}}, headers=KEY)
    act = await applicant.act(opened.body["case_id"], "withdrawals", headers=KEY)

    assert {answer.status for answer in (body, act)} == {422}
    assert {answer.problem for answer in (body, act)} == {"command-reused"}
    assert service.ledger.head == head


async def test_keys_are_each_callers_own(service):
    one, other = await service.applicant(), await service.applicant()

    mine = await one.post("/v1/cases", APPLICATION, headers=KEY)
    theirs = await other.post("/v1/cases", APPLICATION, headers=KEY)

    assert mine.status == theirs.status == 201
    assert mine.body["case_id"] != theirs.body["case_id"]


async def test_a_key_is_of_one_person_at_the_window_and_not_of_the_next(service):
    opened = []
    for _ in range(2):
        person = service.app[SESSIONS].read((await service.applicant()).session)
        agent = service.session(
            "agent",
            "clerk-1",
            channel=person.channel,
            principal=person.subject,
            verification=person.verification,
            assurance=person.assurance,
            scopes=person.scopes,
        )
        opened.append(await agent.post("/v1/cases", APPLICATION, headers=KEY))
        shown = await agent.get(f"/v1/cases/{opened[-1].body['case_id']}")
        assert shown.status == 200, shown.body

    first, second = opened
    assert first.status == second.status == 201
    assert first.body["case_id"] != second.body["case_id"]


async def test_a_key_is_of_one_office_and_role(service):
    body = {"endpoint": "https://receiver.example/hook"}
    colleagues = [
        service.official("clerk", "c-1"),
        service.official("clerk", "c-1", ELSEWHERE),
        service.official("reviewer", "c-1", AUTHORITY),
    ]

    begun = [await each.post("/v1/subscriptions", body, headers=KEY) for each in colleagues]

    assert {each.status for each in begun} == {201}
    for told in ("id", "secret"):
        assert len({each.body[told] for each in begun}) == 3
    for each in colleagues:
        assert len((await each.get("/v1/subscriptions")).body["subscriptions"]) == 1


async def test_a_refused_command_does_not_use_its_key_up(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    clerk, key = service.official("clerk"), {"Idempotency-Key": case_id}

    early = await clerk.act(case_id, "closures", headers=key)
    later = await clerk.act(
        case_id, "correction-requests", {"deficiencies": {"form": "?"}}, headers=key
    )

    assert (early.status, later.status) == (422, 200)


async def test_a_command_on_an_older_version_of_the_case_is_refused(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    seen = (await applicant.get(f"/v1/cases/{case_id}")).headers["ETag"]
    told = await service.official("clerk").act(
        case_id, "correction-requests", {"deficiencies": {"form": "?"}}
    )

    stale = await applicant.act(case_id, "withdrawals", headers={"If-Match": seen})
    fresh = await applicant.act(
        case_id, "withdrawals", headers={"If-Match": told.headers["ETag"]}
    )

    assert (seen, told.headers["ETag"]) == ('"2"', '"3"')
    assert (stale.status, stale.problem) == (412, "precondition-failed")
    assert (fresh.status, fresh.headers["ETag"]) == (200, '"4"')


async def test_of_many_who_saw_the_same_version_one_goes_ahead(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    told = {"deficiencies": {"form": "?"}}
    officials = [service.official("clerk", f"colleague-{n}") for n in range(8)]

    answers = await asyncio.gather(
        *(
            each.act(case_id, "correction-requests", told, headers={"If-Match": '"2"'})
            for each in officials
        )
    )

    statuses = sorted(answer.status for answer in answers)
    others = [answer.body for answer in answers if answer.status not in (200, 412)]
    assert not others
    assert statuses == [200] + [412] * 7
