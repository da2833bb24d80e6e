"""Keys of departments' systems: as good as a session, until revoked, and nothing else."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from ledger.actor import SYSTEM
from ledger.staff_keys import PREFIX
from service.policy import scopes_of
from service.staff_keys import STAFF_KEYS
from tests.service.pairs import two_servers
from tests.service.running import AUTHORITY, ELSEWHERE
from tests.service.visitor import Visitor


def issued(service, role="clerk", authority=AUTHORITY, days=1, **changes):
    given = {"scopes": scopes_of(role), **changes}
    key = service.app[STAFF_KEYS].issue(
        "queue-3",
        role=role,
        authority=authority,
        expires_at=service.clock() + timedelta(days=days),
        actor=SYSTEM,
        random=secrets.token_bytes,
        **given,
    )
    return Visitor(service.http, key)


def id_of(visitor):
    return visitor.session.removeprefix(PREFIX).partition("_")[0]


async def revoke(service, visitor):
    path = f"/v1/staff-keys/{id_of(visitor)}/revocations"
    answer = await service.session("operator").post(path, {"reason": "compromised"})
    assert answer.status == 200, answer.body
    return answer.body


async def test_a_key_does_what_its_role_and_office_may_and_no_more(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    system, elsewhere = issued(service), issued(service, authority=ELSEWHERE)

    accepted = await system.act(case_id, "correction-requests", {"deficiencies": {"form": "x"}})

    assert accepted.status == 200
    assert (await elsewhere.get(f"/v1/cases/{case_id}")).status == 404
    assert (await system.get("/v1/views")).problem == "not-allowed"
    entry = next(service.ledger.read(service.ledger.head - 1))
    assert (entry.actor.id, entry.actor.role) == ("queue-3", "clerk")


async def test_a_key_is_good_for_its_scopes(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    looking = issued(service, scopes=("read",))

    assert (await looking.get(f"/v1/cases/{case_id}")).status == 200
    assert (await looking.act(case_id, "acceptances")).problem == "forbidden"


async def test_a_revoked_key_is_refused_from_then_on_also_where_it_is_shown_again(service):
    system = issued(service)
    assert (await system.get("/v1/cases")).status == 200

    revoked = await revoke(service, system)
    again = await revoke(service, system)

    assert revoked["revoked_at"] == again["revoked_at"]
    assert (await system.get("/v1/cases")).problem == "unauthenticated"


async def test_a_key_that_was_revoked_on_one_server_is_refused_by_another(
    tmp_path, postgres_database, postgres_server
):
    async with two_servers(tmp_path, postgres_database, postgres_server) as (one, two):
        system = issued(one)
        there = Visitor(two.http, system.session)
        assert (await there.get("/v1/cases")).status == 200

        await revoke(one, system)

        assert (await there.get("/v1/cases")).status == 401


async def test_a_stream_that_was_asked_for_with_a_key_ends_with_it(service):
    system = issued(service)
    headers = {"Authorization": f"Bearer {system.session}", "Accept": "text/event-stream"}
    async with service.http.get("/v1/feed", headers=headers) as stream:
        assert stream.status == 200

        await revoke(service, system)
        async with asyncio.timeout(10):
            while await stream.content.read(1_024):
                pass


async def test_a_key_ends_on_its_day(service):
    system = issued(service, days=2)

    service.clock.now += timedelta(days=2)

    assert (await system.get("/v1/cases")).problem == "unauthenticated"


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "0" * 16,
        "{id}",
        "{id}_",
        "{id}_" + "0" * 64,
        "{id}_{secret}0",
        "{id}__{secret}",
        "{secret}_{id}",
        "{id}_{SECRET}",
    ],
)
async def test_what_is_not_the_key_is_refused(service, shown):
    system = issued(service)
    id, _, secret = system.session.removeprefix(PREFIX).partition("_")
    other = PREFIX + shown.format(id=id, secret=secret, SECRET=secret.upper() + "F")

    refused = await Visitor(service.http, other).get("/v1/cases")

    assert (refused.status, refused.problem) == (401, "unauthenticated")


async def test_the_key_itself_is_nowhere_and_who_looks_sees_who_holds_it(service):
    system = issued(service)
    secret = system.session.rpartition("_")[2]

    [shown] = (await service.supervisor.get("/v1/staff-keys")).body["keys"]

    assert (shown["holder"], shown["role"], shown["key"]) == ("queue-3", "clerk", id_of(system))
    for path in service.home.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert secret.encode() not in content, path.name
            assert bytes.fromhex(secret) not in content, path.name


async def test_keys_are_for_those_who_keep_them(service):
    system = issued(service)
    path = f"/v1/staff-keys/{id_of(system)}/revocations"

    for visitor in (system, await service.applicant(), service.official("clerk")):
        assert (await visitor.get("/v1/staff-keys")).status == 403
        assert (await visitor.post(path, {"reason": "compromised"})).status == 403
    assert (await service.supervisor.post(path, {"reason": "compromised"})).status == 403
    unknown = "/v1/staff-keys/0011223344556677/revocations"
    refused = await service.session("operator").post(unknown, {"reason": "compromised"})
    assert (refused.status, refused.problem) == (422, "command-rejected")


async def test_a_key_is_not_logged_out(service):
    assert (await issued(service).call("DELETE", "/v1/session")).problem == "not-allowed"
