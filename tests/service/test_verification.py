"""Proving who one is on a provider's page: each step once, in its order, by whoever began."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from ledger.codec import clear_fields
from tests.service.outcomes import NOBODY, refused, told
from tests.service.provider import NAME, NUMBER
from tests.service.running import ITEM, running
from tests.service.visitor import told as said

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def service(shared):
    return shared


async def test_a_verification_is_begun_authenticated_and_succeeds(service):
    begun = await service.begin()
    pending = await service.result(begun)

    back = await service.back(begun, code="somebody")
    still = await service.result(begun)
    profiled = await service.profiled(begun)
    result = await service.result(begun)

    assert (pending.body, still.body) == ({"status": "pending"}, {"status": "pending"})
    assert (back.status, profiled.status) == (200, 200)
    assert result.body.keys() == {
        "status", "scope", "jurisdiction", "method", "assurance", "assured", "session",
        "session_expires_at",
    }  # fmt: skip
    assert (result.body["jurisdiction"], result.body["assurance"]) == ("CN-HK", 2)
    assert told(service, begun) == ["begun", "authenticated", "succeeded"]


async def test_nothing_about_the_person_is_in_an_answer_or_open_in_the_log(service):
    begun = await service.begin()
    back = await service.back(begun, code="somebody-else")
    profiled = await service.profiled(begun)
    result = await service.result(begun)

    entries = service.ledger.entries(UUID(begun["id"]), opened=False)

    clear = json.dumps([clear_fields(entry.event) for entry in entries])
    answers = b"".join(each.content for each in (back, profiled, result))
    for secret in (NAME, NUMBER, "somebody-else", begun["state"], begun["claim"]):
        assert secret not in clear
        assert secret.encode() not in answers
    opened = service.ledger.entries(UUID(begun["id"]))[-1].event
    assert opened.claims == {"name_zh": NAME, "document_number": NUMBER}


async def test_one_account_is_one_person_under_a_name_that_is_not_theirs(service):
    one, again = await service.applicant("the-same"), await service.applicant("the-same")
    case_id = await service.apply(one, "application-form")

    shown = await again.get(f"/v1/cases/{case_id}")

    assert shown.status == 200
    assert b"the-same" not in shown.content


async def test_neither_the_page_nor_the_result_is_kept_by_anyone(service):
    begun = await service.begin()
    back = await service.back(begun, code="somebody")

    assert (await service.result(begun)).headers["Cache-Control"] == "no-store"
    assert back.headers["Cache-Control"] == "no-store"
    assert back.headers["Referrer-Policy"] == "no-referrer"
    assert back.headers["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({}, "cancelled"),
        ({"error_code": "late"}, "timed_out"),
        ({"code": "declined"}, "declined"),
    ],
)
async def test_whoever_says_no_is_not_verified_and_cannot_go_on(service, query, reason):
    begun = await service.begin()

    back = await service.back(begun, **query)
    result = await service.result(begun)

    assert back.status == 200
    assert result.body == {"status": "failed", "reason": reason}
    assert told(service, begun) == ["begun", "failed"]
    await refused(service.back(begun, code="somebody"), 422, "command-rejected")
    await refused(service.profiled(begun), 400, "callback-refused")
    assert told(service, begun) == ["begun", "failed"]


async def test_whoever_says_no_to_sharing_is_not_verified(service):
    begun = await service.begin()
    await service.back(begun, code="somebody")

    await service.profiled(begun, declined=True)

    assert (await service.result(begun)).body == {"status": "failed", "reason": "declined"}
    await refused(service.profiled(begun), 422, "command-rejected")
    assert told(service, begun) == ["begun", "authenticated", "failed"]


async def test_a_provider_that_is_down_can_be_tried_again(service):
    begun = await service.begin()

    down = await refused(service.back(begun, code="down"), 503, "provider-unavailable")
    back = await service.back(begun, code="somebody")

    assert down.headers["Retry-After"] == "30"
    assert back.status == 200


async def test_a_provider_that_is_down_once_it_vouched_ends_it_and_the_page_says_so(service):
    begun = await service.begin()

    away = await service.back(begun, code="leaves-us-alone")

    assert (away.status, away.headers["Cache-Control"]) == (503, "no-store")
    assert "begin again" in away.content.decode()
    assert "重新開始" in away.content.decode()
    assert (await service.result(begun)).body == {"status": "failed", "reason": "unavailable"}
    assert told(service, begun) == ["begun", "authenticated", "failed"]
    await refused(service.back(begun, code="somebody"), 422, "command-rejected")
    await refused(service.profiled(begun), 422, "command-rejected")
    assert (await service.back(await service.begin(), code="somebody")).status == 200


async def test_a_provider_that_says_no_once_it_vouched_ends_it(service):
    begun = await service.begin()

    back = await service.back(begun, code="refuses-this")

    assert back.status == 200
    assert (await service.result(begun)).body == {"status": "failed", "reason": "declined"}


async def test_a_provider_may_want_a_second_page(service):
    begun = await service.begin()

    back = await service.back(begun, code="second-page-please")

    assert back.status == 303
    assert back.headers["Location"].startswith("https://provider.example/page/consent/")


async def test_only_whoever_began_collects_the_result(service):
    begun, other = await service.begin(), await service.begin()
    await service.back(begun, code="somebody")
    await service.profiled(begun)

    wrong = [
        await refused(service.result({**begun, "claim": claim}), 400, "callback-refused")
        for claim in (other["claim"], begun["state"], "", "x" * 1000, "é\0")
    ]
    unknown = await service.result({**begun, "id": str(UUID(NOBODY))})
    malformed = await service.result({**begun, "id": "x"})
    missing = await service.anyone.post(f"/v1/verifications/{begun['id']}/result")

    assert all(said(answer) == said(unknown) for answer in wrong)
    assert malformed.body["field"] == "id"
    assert missing.body["field"] == "$.claim"
    assert (await service.result(begun)).body["status"] == "succeeded"


async def test_a_verification_ends_a_quarter_of_an_hour_after_it_began(tmp_path):
    async with running(tmp_path / "home") as service:
        begun, over = await service.begin(), await service.begin()
        await service.back(over, code="somebody")
        await service.profiled(over)
        await service.back(begun, code="somebody")
        service.clock.now += timedelta(minutes=15)

        late = await service.result(begun)
        collected = await service.result(over)

        assert late.body == {"status": "expired"}
        assert collected.body == {"status": "expired"}
        await refused(service.profiled(begun), 422, "command-rejected")
        await refused(service.back(begun, code="somebody"), 422, "command-rejected")
        assert told(service, begun) == ["begun", "authenticated", "failed"]
        assert told(service, over) == ["begun", "authenticated", "succeeded"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"method": "none"}, "$.method"),
        ({"method": None}, "$.method"),
        ({"purpose": ""}, "$.purpose"),
        ({"purpose": "x" * 129}, "$.purpose"),
        ({"purpose": "for Chan Tai Man"}, "$.purpose"),
        ({"language": "fr"}, "$.language"),
        ({"role": "clerk"}, "$.role"),
        ({"assurance": 3}, "$.assurance"),
    ],
)
async def test_a_verification_asked_for_wrongly_names_the_field(service, changes, field):
    head = service.ledger.head

    answer = await service.anyone.post(
        "/v1/verifications", {"method": "iamsmart", "purpose": ITEM, **changes}
    )

    assert (answer.status, answer.body["field"]) == (400, field)
    assert service.ledger.head == head


async def test_a_provider_nobody_knows_calls_back_nowhere(service):
    for method in ("GET", "POST"):
        answer = await service.anyone.call(method, "/v1/verifications/callbacks/other")
        assert (answer.status, answer.problem) == (404, "about:blank")
