"""Logging out, ending sessions and revoking tokens, as callers meet it."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from identity import Trust
from identity.assurance import of_staff
from identity.sessions import READ, index_of
from identity.status import TTL, read_status_list
from server import open_sessions
from service.key_watch import KEY_WATCH
from tests.ledger.examples import EXAMPLES
from tests.service.pairs import two_servers
from tests.service.running import MORNING, running
from tests.service.visitor import Visitor

SHARED = pytest.mark.asyncio(loop_scope="session")
PERSON, ANOTHER = (f"subject:{n:032x}" for n in (1, 2))
URI = "http://127.0.0.1:8080/status"


def read_list(service, answer, name):
    trust = Trust({"CN-GD": service.app[KEY_WATCH].keys.records})
    return read_status_list(
        answer.content,
        uri=f"{URI}/{name}",
        issuer="CN-GD",
        trust=trust,
        now=service.clock.now,
    )


def session_of(service, visitor):
    return open_sessions(service.home, service.edge).read(visitor.session)


async def test_whoever_logs_out_is_not_let_in_again_and_others_are(service):
    leaving, staying = service.session("supervisor"), service.session("supervisor")

    left = await leaving.call("DELETE", "/v1/session")

    assert left.status == 204
    assert (await leaving.get("/v1/cases")).status == 401
    assert (await leaving.call("DELETE", "/v1/session")).status == 401
    assert (await staying.get("/v1/cases")).status == 200


async def test_nobody_without_a_session_logs_out(service):
    assert (await service.anyone.call("DELETE", "/v1/session")).status == 401


async def test_an_ended_session_is_refused_after_a_restart(tmp_path):
    async with running(tmp_path / "home") as service:
        leaving = service.session("supervisor")
        await leaving.call("DELETE", "/v1/session")

    async with running(tmp_path / "home") as service:
        again = Visitor(service.http, leaving.session)

        assert (await again.get("/v1/cases")).status == 401


async def test_an_ended_session_is_refused_by_another_server_of_the_log(
    tmp_path, postgres_database, postgres_server
):
    async with two_servers(tmp_path, postgres_database, postgres_server) as (here, there):
        leaving = here.session("supervisor")
        abroad = Visitor(there.http, leaving.session)
        before = await abroad.get("/v1/views")

        await leaving.call("DELETE", "/v1/session")
        for _ in range(100):
            if (after := await abroad.get("/v1/views")).status == 401:
                break
            await asyncio.sleep(0.05)

        assert (before.status, after.status) == (200, 401)


async def test_an_operator_ends_one_session(service):
    stolen, operator = service.session("supervisor"), service.session("operator")
    id = session_of(service, stolen).cti.hex()

    ended = await operator.post("/v1/revocations", {"session": id, "reason": "compromised"})

    assert (ended.status, ended.body["event"]) == (201, "session.ended.v1")
    assert (await stolen.get("/v1/cases")).status == 401
    assert (await operator.get("/v1/cases")).status == 403


async def test_an_operator_ends_all_sessions_of_somebody_also_those_of_their_agent(service):
    first, second = (service.session("applicant", PERSON) for _ in range(2))
    agent = service.session("agent", "clerk-1", principal=PERSON)
    other = service.session("applicant", ANOTHER)
    body = {"subject": PERSON, "reason": "asked-for"}
    service.ledger.keys.create([PERSON])

    ended = await service.session("operator").post("/v1/revocations", body)

    assert (ended.status, ended.body["event"]) == (201, "session.subject_ended.v1")
    assert {(await each.get("/v1/cases")).status for each in (first, second, agent)} == {401}
    assert (await other.get("/v1/cases")).status == 200
    service.clock.now += timedelta(seconds=1)
    assert (await service.session("applicant", PERSON).get("/v1/cases")).status == 200


async def collected(service):
    """Somebody who proved who they are, and the secret that collected their session."""
    begun = await service.begin()
    await service.back(begun, code="somebody-who-leaves")
    await service.profiled(begun)
    result = await service.result(begun)
    return begun, Visitor(service.http, result.body["session"])


async def test_whoever_logs_out_gets_no_other_session_from_what_gave_them_theirs(service):
    begun, leaving = await collected(service)
    other, _ = await collected(service)

    await leaving.call("DELETE", "/v1/session")

    assert (await service.result(begun)).body == {"status": "ended"}
    assert (await service.result(other)).body["status"] == "succeeded"


async def test_whoever_logs_out_is_out_on_every_server_of_the_log(
    tmp_path, postgres_database, postgres_server
):
    async with two_servers(tmp_path, postgres_database, postgres_server) as (here, there):
        begun, leaving = await collected(here)

        await leaving.call("DELETE", "/v1/session")

        assert (await there.result(begun)).body == {"status": "ended"}


async def test_what_somebody_proved_before_all_their_sessions_were_ended_gives_no_other(
    service,
):
    begun, gone = await collected(service)
    subject = session_of(service, gone).subject
    body = {"subject": subject, "reason": "compromised"}

    await service.session("operator").post("/v1/revocations", body)
    early = service.session("applicant", subject)
    service.clock.now += timedelta(seconds=1)
    late = service.session("applicant", subject, assurance=of_staff(MORNING))
    again, _ = await collected(service)

    assert (await service.result(begun)).body == {"status": "ended"}
    assert {(await each.get("/v1/cases")).status for each in (gone, early, late)} == {401}
    assert (await service.result(again)).body["status"] == "succeeded"


def issued(service):
    """Where the log records a token that was issued."""
    example, now = EXAMPLES["code.issued.v1"], service.clock()
    (entry,) = service.ledger.record(
        [replace(example, version=1, recorded_at=now, effective_at=now)]
    )
    return entry.position


@pytest.mark.parametrize("named", ["0", f"{URI}/0"])
async def test_a_revoked_token_stands_in_its_list_at_once(service, named):
    index = issued(service)
    before = await service.anyone.get("/status/0")
    body = {"list": named, "index": index, "reason": "mistaken"}

    revoked = await service.session("operator").post("/v1/revocations", body)
    after = await service.anyone.get("/status/0")

    assert (revoked.status, revoked.body["event"]) == (201, "token.revoked.v1")
    assert not read_list(service, before, "0").statuses.revokes(index)
    assert read_list(service, after, "0").statuses.revokes(index)
    assert not read_list(service, after, "0").statuses.revokes(index + 1)
    assert before.headers["ETag"] != after.headers["ETag"]


async def test_a_list_is_the_same_bytes_until_half_its_ttl_has_passed(service):
    first = await service.anyone.get("/status/0")
    service.clock.now += TTL / 2 - timedelta(seconds=1)
    second = await service.anyone.get("/status/0")
    held = {"If-None-Match": first.headers["ETag"]}
    unchanged = await service.anyone.get("/status/0", headers=held)
    service.clock.now += timedelta(seconds=1)
    third = await service.anyone.get("/status/0", headers=held)

    assert first.headers["Content-Type"] == "application/statuslist+cwt"
    assert first.headers["Cache-Control"] == "public, max-age=150"
    assert first.content == second.content
    assert (unchanged.status, unchanged.content) == (304, b"")
    assert third.status == 200
    assert read_list(service, third, "0").issued_at == MORNING + TTL / 2


async def test_the_list_of_sessions_tells_of_one_that_was_ended(service):
    leaving = service.session("supervisor")
    session = session_of(service, leaving)
    await leaving.call("DELETE", "/v1/session")

    statuses = read_list(
        service, await service.anyone.get("/status/sessions"), "sessions"
    ).statuses

    assert session.status is not None
    assert session.status.uri == f"{URI}/sessions"
    assert session.status.index == index_of(session.cti)
    assert statuses.revokes(session.status.index)


@SHARED
@pytest.mark.parametrize("name", ["1", "x", "00", "0%20", "٣"])
async def test_a_list_that_we_do_not_keep_is_not_there(shared, name):
    assert (await shared.anyone.get(f"/status/{name}")).status == 404


@SHARED
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"reason": "mistaken"}, 400),
        ({"reason": "because", "session": "ab" * 16}, 400),
        ({"reason": "mistaken", "session": "AB" * 16}, 400),
        ({"reason": "mistaken", "session": "ab" * 16, "subject": "s"}, 400),
        ({"reason": "mistaken", "list": "0"}, 400),
        ({"reason": "mistaken", "index": 1}, 400),
        ({"reason": "mistaken", "list": "0", "index": -1}, 400),
        ({"reason": "mistaken", "list": "0", "index": 65_535}, 422),
        ({"reason": "mistaken", "list": "9", "index": 1}, 422),
        ({"reason": "mistaken", "list": "sessions", "index": 1}, 422),
        ({"reason": "mistaken", "list": "https://other.example/status/0", "index": 1}, 422),
        ({"reason": "mistaken", "list": "0", "index": 1}, 422),
        ({"reason": "mistaken", "list": "0", "index": 2}, 422),
        ({"reason": "mistaken", "subject": f"subject:{9:032x}"}, 422),
        ({"reason": "mistaken", "subject": "subject:nobody"}, 422),
        ({"reason": "mistaken", "subject": "CHAN Tai Man A123456(3)"}, 422),
        ({"reason": "mistaken", "subject": "A1234563"}, 422),
        ({"reason": "mistaken", "subject": "a1234563"}, 422),
        ({"reason": "mistaken", "subject": "459999199003070025"}, 422),
        ({"reason": "mistaken", "subject": "clerk-7"}, 201),
    ],
)
async def test_what_names_nothing_of_ours_is_not_revoked(shared, body, status):
    answer = await shared.session("operator").post("/v1/revocations", body)

    assert answer.status == status
    assert not any(text in str(answer.body) for text in ("CHAN", "1234563", "4599991990"))


@SHARED
@pytest.mark.parametrize("role", ["applicant", "clerk", "approver", "supervisor"])
async def test_only_an_operator_revokes(shared, role):
    body = {"session": "ab" * 16, "reason": "mistaken"}

    assert (await shared.session(role).post("/v1/revocations", body)).status == 403


async def test_a_session_for_looking_only_does_nothing_and_can_be_left(service):
    looking = service.session("operator", scopes=(READ,))
    body = {"session": "ab" * 16, "reason": "mistaken"}

    assert (await looking.get("/v1/views")).status == 200
    assert (await looking.post("/v1/revocations", body)).status == 403
    assert (await looking.call("DELETE", "/v1/session")).status == 204


@SHARED
async def test_a_session_without_any_scope_is_good_for_nothing(shared):
    assert (await shared.session("supervisor", scopes=()).get("/v1/cases")).status == 403
