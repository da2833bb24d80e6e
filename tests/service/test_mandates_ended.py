"""Mandates that are over: withdrawn by who acts or the legal representative, and left."""

import asyncio

from tests.service import residents
from tests.service.copies import entries_of
from tests.service.enterprises import AGENT, BUSINESS, LAST_DAY, acting, recorded
from tests.service.outcomes import NOBODY
from tests.service.residents import came
from tests.service.running import ITEM, MORNING


async def test_whose_authority_has_ended_can_still_log_out(service):
    service.clock.now = MORNING.replace(hour=15, minute=30)
    agent, _ = await acting(service, LAST_DAY)
    service.clock.now = MORNING.replace(hour=16)

    looking = await agent.get("/v1/items")
    left = await agent.call("DELETE", "/v1/session")

    assert (looking.problem, left.status) == ("not-allowed", 204)
    assert (await agent.get("/v1/items")).status == 401


async def test_who_acts_takes_it_back_and_the_session_is_of_no_use(service):
    agent, told = await acting(service, AGENT, residents.LEE)
    person = await came(service, residents.LEE)

    [seen] = (await person.get("/v1/mandates")).body["mandates"]
    done = [await person.call("DELETE", f"/v1/mandates/{told['id']}") for _ in range(2)]
    [after] = (await person.get("/v1/mandates")).body["mandates"]

    assert (seen["id"], seen["counts"], seen["capacity"]) == (told["id"], True, "agent")
    assert "number" not in seen
    assert [each.status for each in done] == [204, 204]
    assert not after["counts"]
    assert (await agent.get("/v1/items")).problem == "not-allowed"
    withdrawn = recorded(service)[1:]
    assert [entry.name for entry in withdrawn] == ["mandate.withdrawn.v1"]
    assert withdrawn[0].actor.role == "applicant"
    case = {"item": ITEM, "form": {}, "materials": {}}
    assert (await agent.post("/v1/cases", case)).problem == "not-allowed"


async def test_withdrawn_twice_at_once_it_is_withdrawn_for_both(service):
    _, told = await acting(service, AGENT, residents.LEE)
    person = await came(service, residents.LEE)

    path = f"/v1/mandates/{told['id']}"
    done = await asyncio.gather(*(person.call("DELETE", path) for _ in range(4)))

    assert [each.status for each in done] == [204] * 4
    assert [entry.name for entry in recorded(service)[1:]] == ["mandate.withdrawn.v1"]


async def test_who_leaves_an_enterprise_says_so_in_the_session_that_acts_for_it(service):
    agent, told = await acting(service, AGENT, residents.LEE)

    done = await agent.call("DELETE", f"/v1/mandates/{told['id']}")

    assert done.status == 204
    assert (await agent.get("/v1/items")).problem == "not-allowed"


async def test_the_legal_representative_takes_back_what_another_may_do(service):
    agent, told = await acting(service, AGENT, residents.LEE)
    legal, own = await acting(service)

    seen = (await legal.get("/v1/mandates")).body["mandates"]
    done = await legal.call("DELETE", f"/v1/mandates/{told['id']}")

    assert {each["id"] for each in seen} == {told["id"], own["id"]}
    assert done.status == 204
    assert (await agent.get("/v1/items")).problem == "not-allowed"
    assert (await legal.get("/v1/items")).status == 200
    assert recorded(service)[-1].actor.principal == told["enterprise"]


async def test_nobody_else_sees_a_mandate_or_takes_it_back(service):
    legal, told = await acting(service)
    agent, _ = await acting(service, AGENT, residents.LEE)
    officer, _ = await acting(service, BUSINESS | {"capacity": "officer"}, residents.WONG)
    clerk = service.session("agent", "clerk-1", principal=told["enterprise"])
    others = [agent, officer, clerk, await came(service, residents.WONG)]
    others += [service.supervisor, service.official("reviewer")]

    for other in others:
        listed = {each["id"] for each in (await other.get("/v1/mandates")).body["mandates"]}
        refused = await other.call("DELETE", f"/v1/mandates/{told['id']}")

        assert told["id"] not in listed
        assert (refused.status, refused.problem) == (403, "not-allowed")
    unknown = await legal.call("DELETE", f"/v1/mandates/{NOBODY}")
    assert unknown.body["detail"] == refused.body["detail"]
    assert (await service.anyone.get("/v1/mandates")).status == 401
    assert (await legal.call("DELETE", "/v1/mandates/x")).body["field"] == "id"
    assert (await legal.get("/v1/items")).status == 200


async def test_a_legal_representative_no_more_takes_nothing_back(service):
    _, told = await acting(service, AGENT, residents.LEE)
    legal, own = await acting(service)
    person = await came(service)
    await legal.call("DELETE", f"/v1/mandates/{own['id']}")

    refused = [
        await each.call("DELETE", f"/v1/mandates/{told['id']}") for each in (legal, person)
    ]

    assert {each.problem for each in refused} == {"not-allowed"}


async def test_a_mandate_is_in_the_copy_of_who_acts_without_the_enterprises_number(service):
    _, told = await acting(service, AGENT, residents.LEE)
    person = await came(service, residents.LEE)
    await person.call("DELETE", f"/v1/mandates/{told['id']}")

    copied = await person.get("/v1/me/copy")
    another = await (await came(service)).get("/v1/me/copy")

    theirs = [e for e in entries_of(copied) if e["event"].startswith("mandate.")]
    assert [each["event"] for each in theirs] == [
        "mandate.confirmed.v1",
        "mandate.withdrawn.v1",
    ]
    assert theirs[0]["fields"]["number"] == "sealed"
    assert not any(each["event"].startswith("mandate.") for each in entries_of(another))
