"""Every POST sent twice, at once, and after a restart: one effect and one answer."""

import asyncio
import os
from datetime import timedelta

import pytest

from service.once_only import BY_PROTOCOL, BY_THE_LOG
from service.policy import POLICIES
from tests.ledger.ledgers import SetClock
from tests.service.neighbours import ASKED, GX, guangdong, names, partner
from tests.service.pairs import two_servers
from tests.service.running import ITEM, MORNING, prepared, running
from tests.service.sending_twice import REQUESTS, Request
from tests.service.test_handovers import (
    AUTHORITY,
    BEGIN,
    OFFICE,
    at_the_window,
    becomes,
    regions,
    the_case,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")
ACROSS = {
    "/v1/cases/{case_id}/joint-reviews",
    "/v1/cases/{case_id}/joint-reviews/{review_id}/withdrawals",
    "/v1/handovers",
    "/v1/handovers/{handover_id}/{act}",
}
"""What needs another region; these are sent below."""
TO_A_RECEIVER = {
    "/v1/subscriptions/{id}/confirmation",
    "/v1/subscriptions/{id}/redeliveries",
}
"""What needs somebody to answer: `tests/service/webhooks` sends these."""
REFUSED = {"/v1/verifications/{id}/assertion"}
"""What is sent there is refused, and recorded with the verification."""
OF_PERSONS = {
    path
    for method, _, path in (route.partition(" ") for route in POLICIES)
    if method == "POST" and POLICIES[f"POST {path}"].personal
}
"""What answers with what is known of a person; none of it is derived from the log again."""
TOLD = ("Content-Type", "ETag", "Location", "Set-Cookie")


@pytest.fixture
def service(shared):
    return shared


def a_key():
    return f"key-{os.urandom(16).hex()}"


def told(answer):
    """What an answer says, without what is of each request alone."""
    body = dict(answer.body)
    body.pop("request_id", None)
    return answer.status, body, [answer.headers.getall(name, []) for name in TOLD]


async def sent_again_and_again(service, request):
    """Send a request at once and once more, and return what all of these were answered."""
    key = {"Idempotency_Key": a_key()}
    named = {name.replace("_", "-"): text for name, text in key.items()}
    at_once = await asyncio.gather(*(request.send(**named) for _ in range(5)))
    head = service.ledger.head
    later = await request.send(**named)
    assert service.ledger.head == head
    return [*at_once, later]


async def entries_of(service, request, send):
    """Return what was answered, and the names of what was recorded by sending."""
    head = service.ledger.head
    answers = await send(service, request)
    return answers, sorted(each.name for each in service.ledger.read(head))


async def test_every_post_is_told_how_it_counts_once(service):
    posts = {
        route.resource.canonical
        for route in service.app.router.routes()
        if route.method == "POST"
    }

    assert posts == REQUESTS.keys() | ACROSS | TO_A_RECEIVER | BY_PROTOCOL.keys()
    assert posts >= BY_THE_LOG


@pytest.mark.parametrize("path", sorted(REQUESTS))
async def test_sent_twice_and_at_once_it_has_one_effect_and_one_answer(service, path):
    async def once(_service, request):
        return [await request.send()]

    # The twin says what one of them records.
    twin, request = await REQUESTS[path](service), await REQUESTS[path](service)
    [alone], expected = await entries_of(service, twin, once)
    answers, recorded = await entries_of(service, request, sent_again_and_again)

    assert alone.status < 300 or path in REFUSED, alone.body
    assert {answer.status for answer in answers} == {alone.status}, answers[0].body
    assert all(told(answer) == told(answers[0]) for answer in answers)
    assert recorded == expected


async def test_across_regions_too(tmp_path):
    async with regions(tmp_path) as (gd, gx):
        agent = await at_the_window(gx)
        materials = {"application-form": await agent.upload()}
        begun = await five(agent, "/v1/handovers", BEGIN | {"materials": materials})
        path = begun.headers["Location"]
        await becomes(agent, path, "RECEIVED")
        case = await the_case(gd)
        clerk, reviewer = (
            gd.official(role, authority=AUTHORITY) for role in ("clerk", "reviewer")
        )
        missing = {"deficiencies": {"contribution-record": "missing"}}
        await clerk.act(case, "correction-requests", missing)
        await becomes(agent, path, "CORRECTION_REQUESTED")
        brought = {"materials": {"contribution-record": await agent.upload()}}
        await five(agent, f"{path}/corrections", brought)
        await becomes(agent, path, "RECEIVED")
        await clerk.act(case, "acceptances")
        question = {
            "region": "CN-GX",
            "authority": OFFICE,
            "basis": "duty",
            "question": "Do these stand?",
        }
        review = await five(reviewer, f"/v1/cases/{case}/joint-reviews", question)
        one = f"/v1/cases/{case}/joint-reviews/{review.body['review_id']}/withdrawals"
        await five(reviewer, one, {"reason": "not needed"})

        names = [e.name for e in gd.ledger.read(0)] + [e.name for e in gx.ledger.read(0)]
        for name in ("handover.begun.v1", "handover.corrected.v1", "joint_review.requested.v1"):
            assert names.count(name) == 1, sorted(set(names))


async def five(who, path, body):
    key = {"Idempotency-Key": a_key()}
    answers = await asyncio.gather(*(who.change(path, body, headers=key) for _ in range(5)))
    assert len({answer.content for answer in answers}) == 1, [each.body for each in answers]
    assert answers[0].status < 300, answers[0].body
    return answers[0]


async def test_where_the_other_side_is_away_it_is_recorded_once_and_answered_alike(tmp_path):
    keys = partner(GX, prepared(tmp_path / "gx"))
    async with guangdong(tmp_path, "http://127.0.0.1:9", keys) as gd:
        clerk = gd.official("clerk", authority=AUTHORITY)
        request = Request(who=clerk, path="/v1/verifications/regions", body=ASKED)

        answers = await sent_again_and_again(gd, request)

        assert {(each.status, each.problem) for each in answers} == {
            (503, "provider-unavailable")
        }
        assert all(told(answer) == told(answers[0]) for answer in answers)
        assert names(gd) == [
            "verification.begun.v1",
            "verification.asked.v1",
            "transfer.recorded.v1",
            "verification.failed.v1",
        ]


async def test_a_proof_that_is_refused_before_anything_is_recorded_leaves_its_key_free(service):
    key, begun = {"Idempotency-Key": a_key()}, await service.begin()
    await service.back(begun, code=f"account-{a_key()}")
    path, right = f"/v1/verifications/{begun['id']}/result", {"claim": begun["claim"]}

    wrong = await service.anyone.post(path, {"claim": "another"}, headers=key)
    taken = await service.anyone.post(path, right, headers=key)

    assert (wrong.status, wrong.problem) == (400, "callback-refused")
    assert (taken.status, taken.body["status"]) == (200, "pending")


async def test_another_body_under_a_kept_key_is_refused(service):
    key = {"Idempotency-Key": a_key()}
    body = {"method": "iamsmart", "purpose": ITEM}

    first = await service.anyone.post("/v1/verifications", body, headers=key)
    other = await service.anyone.post(
        "/v1/verifications", {**body, "language": "en"}, headers=key
    )

    assert first.status == 201
    assert (other.status, other.problem) == (422, "command-reused")


async def test_without_a_session_a_key_that_could_be_guessed_is_refused(service):
    body = {"method": "iamsmart", "purpose": ITEM}

    refused = await service.anyone.post(
        "/v1/verifications", body, headers={"Idempotency-Key": "one"}
    )

    assert (refused.status, refused.body["field"]) == (400, "Idempotency-Key")


async def test_a_kept_answer_is_for_whoever_asked_first(service):
    key = {"Idempotency-Key": a_key()}
    one, other = (service.session("operator", id) for id in ("op-1", "op-2"))
    body = {"reason": "mistaken", "session": os.urandom(16).hex()}

    first = await one.post("/v1/revocations", body, headers=key)
    second = await other.post("/v1/revocations", {**body, "reason": "fraud"}, headers=key)

    assert (first.status, second.status) == (201, 201)


async def test_a_refusal_leaves_a_kept_key_free(service):
    key = {"Idempotency-Key": a_key()}
    operator = service.session("operator")

    refused = await operator.post("/v1/revocations", {"reason": "fraud"}, headers=key)
    body = {"reason": "fraud", "session": os.urandom(16).hex()}
    taken = await operator.post("/v1/revocations", body, headers=key)

    assert (refused.status, taken.status) == (400, 201)


async def test_an_answer_is_kept_over_a_restart_and_for_a_day(tmp_path):
    clock, key = SetClock(MORNING), {"Idempotency-Key": a_key()}
    body = {"method": "iamsmart", "purpose": ITEM}
    async with running(tmp_path / "home", clock) as service:
        first = await service.anyone.post("/v1/verifications", body, headers=key)
    async with running(tmp_path / "home", clock) as service:
        head = service.ledger.head
        again = await service.anyone.post("/v1/verifications", body, headers=key)
        assert told(again) == told(first)
        assert service.ledger.head == head

        clock.now += timedelta(hours=25)
        anew = await service.anyone.post("/v1/verifications", body, headers=key)
        assert anew.body["id"] != first.body["id"]


async def test_what_was_cut_short_is_not_done_a_second_time(tmp_path):
    async with running(tmp_path / "home") as service:
        key = {"Idempotency-Key": a_key()}
        body = {"method": "iamsmart", "purpose": ITEM}
        await service.anyone.post("/v1/verifications", body, headers=key)
        head = service.ledger.head
        # As where the server went down before it had an answer.
        with service.ledger.recorder.database.writing() as session:
            session.rows("UPDATE kept_answers SET sealed = NULL")

        again = await service.anyone.post("/v1/verifications", body, headers=key)

        assert (again.status, again.problem) == (409, "request-unfinished")
        assert again.headers["Retry-After"] == "2"
        assert service.ledger.head == head


async def test_nobody_reads_a_kept_answer_in_the_database(service):
    key = {"Idempotency-Key": a_key()}
    begun = await service.anyone.post(
        "/v1/verifications", {"method": "iamsmart", "purpose": ITEM}, headers=key
    )

    with service.ledger.recorder.database.reading() as session:
        rows = session.rows("SELECT name, body, sealed FROM kept_answers")
    held = b"".join(bytes(part or b"") for row in rows for part in row)
    for secret in (begun.body["claim"], begun.body["id"], key["Idempotency-Key"]):
        assert secret.encode() not in held


async def test_nobody_is_told_again_what_was_said_of_a_person_who_was_erased_since(tmp_path):
    async with running(tmp_path / "home") as service:
        sent = []
        head = service.ledger.head
        for path in sorted(OF_PERSONS):
            key = {"Idempotency-Key": a_key()}
            request = await REQUESTS[path](service)
            sent.append((request, key, await request.send(**key)))
        for subject in {each.subject for each in service.ledger.read(head)}:
            service.ledger.keys.erase(subject or "")

        for request, key, first in sent:
            again = await request.send(**key)
            assert first.status in (200, 201), first.body
            assert (again.status, again.problem) == (409, "person-erased"), request.path


async def test_a_key_counts_once_at_all_servers_of_a_log(
    tmp_path, postgres_database, postgres_server
):
    async with two_servers(tmp_path, postgres_database, postgres_server) as (one, two):
        body, key = {"method": "iamsmart", "purpose": ITEM}, {"Idempotency-Key": a_key()}
        servers = [one.anyone, two.anyone] * 3
        at_once = await asyncio.gather(
            *(each.post("/v1/verifications", body, headers=key) for each in servers)
        )
        later = [await each.post("/v1/verifications", body, headers=key) for each in servers]

        # Which of the two is still at it, the other cannot know.
        busy = [each for each in at_once if each.status == 409]
        assert all(each.problem == "request-unfinished" for each in busy)
        first = next(each for each in at_once if each.status == 201)
        answered = [each for each in at_once if each.status != 409] + later
        assert all(told(each) == told(first) for each in answered)
        names = [each.name for each in one.ledger.read(0)]
        assert names.count("verification.begun.v1") == 1
