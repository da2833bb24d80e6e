"""Acting for an enterprise over HTTP: verified, within its scope, and until its day."""

from datetime import timedelta

import pytest

from adapters.mainland.enterprises import CHAN, ENTERPRISES, LEE, WONG
from identity.documents import format_valid
from tests.service import residents
from tests.service.enterprises import (
    AGENT,
    BUSINESS,
    CREDIT,
    HONG_KONG,
    LAST_DAY,
    LEGAL,
    MAINLAND,
    acting,
    ask,
    recorded,
)
from tests.service.persons import traces
from tests.service.residents import came, claims_of
from tests.service.running import ELSEWHERE, ITEM, MORNING


def test_the_sample_register_knows_the_simulators_residents_and_well_formed_numbers():
    assert claims_of(residents.CHAN) == CHAN
    assert claims_of(residents.WONG) == WONG
    assert claims_of(residents.LEE) == LEE
    for document, number in ENTERPRISES:
        assert format_valid(document, number)


async def test_a_legal_representative_acts_for_the_enterprise(service):
    _, told = await acting(service)

    assert (told["capacity"], told["scope"], told["until"]) == (
        "legal_representative",
        [],
        None,
    )
    [entry] = recorded(service)
    assert entry.name == "mandate.confirmed.v1"
    assert (entry.subject, entry.actor.principal) == (told["enterprise"],) * 2
    assert entry.actor.id not in (told["enterprise"], None)


async def test_what_is_done_for_an_enterprise_names_both_it_and_who_did_it(service):
    agent, told = await acting(service, AGENT, residents.LEE)

    case = await service.apply(agent)

    [*_, received] = service.ledger.read(0)
    assert received.actor.role == "agent"
    assert received.actor.principal == received.subject == told["enterprise"]
    assert received.actor.id != told["enterprise"]
    mine = (await agent.get(f"/v1/cases/{case}")).body["case"]
    assert mine["subject"] == told["enterprise"]


async def test_the_deciding_authority_sees_who_may_act_and_a_supervisor_no_number(service):
    agent, told = await acting(service, AGENT, residents.LEE)
    case = await service.apply(agent)
    path = f"/v1/cases/{case}/applicant"

    seen = (await service.official("reviewer").get(path)).body
    sealed = (await service.supervisor.get(path)).body
    elsewhere = await service.official("reviewer", authority=ELSEWHERE).get(path)

    [mandate] = seen["mandates"]
    assert (mandate["number"], mandate["capacity"]) == (MAINLAND, "agent")
    assert mandate["until"] == "2027-12-31"
    assert seen["subject"] == told["enterprise"]
    assert sealed["mandates"][0]["number"] == "sealed"
    assert elsewhere.status == 404


async def test_the_deciding_authority_sees_the_permit_an_applicant_is_bound_to(service):
    person = await came(service)
    wording = (await service.anyone.get("/v1/bindings/wording")).body
    agreed = {"wording": 1, "language": "en", "digest": wording["texts"]["en"]["digest"]}
    await person.post("/v1/me/bindings", {"permit": "H99999901", **agreed})
    case = await service.apply(person)
    path = f"/v1/cases/{case}/applicant"

    seen = (await service.official("reviewer").get(path)).body
    sealed = (await service.supervisor.get(path)).body

    assert [each["permit"] for each in seen["bindings"]] == ["H99999901"]
    assert [each["permit"] for each in sealed["bindings"]] == ["sealed"]
    assert seen["mandates"] == []


@pytest.mark.parametrize(
    ("resident", "body", "reason"),
    [
        pytest.param(residents.WONG, LEGAL, "no_match", id="somebody else"),
        pytest.param(residents.LEE, LEGAL, "no_match", id="in another capacity"),
        pytest.param(
            residents.CHAN, LEGAL | {"number": "91350100M000100Y43"}, "no_match", id="unknown"
        ),
        pytest.param(
            residents.LEE, CREDIT | {"capacity": "agent"}, "beyond_scope", id="in no matter"
        ),
        pytest.param(
            residents.LEE,
            AGENT | {"item": "gd.zhaoqing.social-insurance"},
            "beyond_scope",
            id="in another matter",
        ),
    ],
)
async def test_who_may_not_act_gets_no_session(service, resident, body, reason):
    answer = await ask(await came(service, resident), body)

    assert answer.status == 201
    assert (answer.body["status"], answer.body["reason"]) == ("refused", reason)
    assert "session" not in answer.body
    [entry] = recorded(service)
    assert entry.name == "mandate.refused.v1"
    assert MAINLAND not in repr(entry)


@pytest.mark.parametrize("name", ["document_number", "name_zh", "birth_date"])
async def test_every_field_that_was_verified_has_to_agree(service, name):
    other = {"document_number": "G123456(A)", "name_zh": "陳例子", "birth_date": "1980-01-02"}

    answer = await ask(await came(service, residents.CHAN, None, **{name: other[name]}), LEGAL)

    assert answer.body["reason"] == "no_match"


async def test_an_agents_authority_ends_on_its_day_also_within_a_session(service):
    service.clock.now = MORNING.replace(hour=15, minute=30)
    agent, told = await acting(service, LAST_DAY)
    assert told["until"] == "2026-02-10"
    assert (await agent.get("/v1/items")).status == 200

    service.clock.now += timedelta(minutes=30)
    after = await agent.post("/v1/cases", {"item": ITEM, "form": {}, "materials": {}})

    assert after.problem == "not-allowed"
    assert "2026-02-10" in after.body["detail"]
    assert (await agent.get("/v1/items")).problem == "not-allowed"
    again = await ask(await came(service), LAST_DAY)
    assert again.body["reason"] == "over"


async def test_an_agent_acts_in_the_matter_they_named_and_no_other(service):
    agent, _ = await acting(service, AGENT, residents.LEE)

    other = {"item": "gd.zhaoqing.social-insurance", "form": {"a": "b"}, "materials": {}}

    assert (await agent.post("/v1/cases", other)).problem == "not-allowed"


async def test_somebody_restricted_acts_for_nobody(service):
    agent, _ = await acting(service)
    person = recorded(service)[0].actor.id
    operator = service.session("operator", channel="system")
    await operator.post(f"/v1/subjects/{person}/restriction", {"basis": "pipl-47"})

    assert (await agent.get("/v1/cases")).problem == "not-allowed"


async def test_an_agent_does_not_make_themselves_agent_of_another(service):
    agent, _ = await acting(service)

    assert (await ask(agent, LEGAL)).status == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document_type": "hkid"}, "$.document_type"),
        ({"number": "91449999MA0TEXT0XX"}, "$.number"),
        ({"number": HONG_KONG}, "$.number"),
        ({"capacity": "owner"}, "$.capacity"),
    ],
)
async def test_what_does_not_fit_is_named(service, changes, field):
    answer = await ask(await came(service), LEGAL | changes)

    assert (answer.status, answer.body["field"]) == (400, field)
    assert recorded(service) == []


async def test_an_officer_acts_by_a_hong_kong_business_registration(service):
    _, told = await acting(service, BUSINESS | {"capacity": "officer"}, residents.WONG)
    _, again = await acting(service, LAST_DAY, residents.CHAN)

    assert told["enterprise"] == again["enterprise"]
    assert HONG_KONG not in told["enterprise"]


async def test_no_number_is_in_clear_in_what_is_kept(service):
    await acting(service)

    assert traces(service.home.folder, MAINLAND) == []
