"""Consents over HTTP: by the person, in the words that are shown, and bindings on them."""

from tests.service.residents import came
from tests.service.running import AUTHORITY, ITEM
from tests.service.test_bindings import bind


async def words(service, purpose="partner-hand-over", **more):
    shown = (await service.anyone.get("/v1/purposes")).body["purposes"]
    wording = next(each["wording"] for each in shown if each["id"] == purpose)
    return {
        "purpose": purpose,
        "wording": wording["version"],
        "language": "en",
        "digest": wording["texts"]["en"]["digest"],
        **more,
    }


async def withdraw(person, consent):
    return await person.post(f"/v1/me/consents/{consent['id']}/withdrawals")


async def test_a_consent_is_given_shown_and_withdrawn(service):
    person = await came(service)

    given = await person.post("/v1/me/consents", await words(service, recipient="CN-GX"))
    withdrawn = await withdraw(person, given.body)

    assert given.status == 201
    assert (given.body["how"], given.body["withdrawn_at"]) == ("session", None)
    assert withdrawn.status == 200
    assert withdrawn.body["withdrawn_at"] is not None
    listed = (await person.get("/v1/me/consents")).body["consents"]
    assert listed == [withdrawn.body]


async def test_no_office_gives_a_persons_consent_or_sees_them(service):
    body = await words(service, recipient="CN-GX")

    for role in ("clerk", "reviewer", "supervisor", "operator"):
        who = service.official(role, authority=AUTHORITY)
        assert (await who.post("/v1/me/consents", body)).status == 403
        assert (await who.get("/v1/me/consents")).status == 403
    assert (await service.anyone.get("/v1/me/consents")).status == 401


async def test_an_application_is_told_to_no_region_without_consent(service):
    person = await came(service)
    body = {"item": ITEM, "form": {"a": "b"}, "inform": "CN-GX"}

    answer = await person.post("/v1/cases", body)

    assert (answer.status, answer.problem) == (422, "command-rejected")


async def test_binding_a_permit_is_a_consent_and_withdrawing_it_unlinks(service):
    person = await came(service)
    bound = (await bind(service, person)).body
    [given] = (await person.get("/v1/me/consents")).body["consents"]

    withdrawn = await withdraw(person, given)

    assert (given["id"], given["purpose"]) == (bound["id"], "permit-binding")
    assert withdrawn.body["withdrawn_at"] is not None
    [shown] = (await person.get("/v1/me/bindings")).body["bindings"]
    assert shown["status"] == "unlinked"


async def test_unlinking_a_permit_withdraws_the_consent_it_rests_on(service):
    person = await came(service)
    bound = (await bind(service, person)).body

    await person.call("DELETE", f"/v1/me/bindings/{bound['id']}")

    [consent] = (await person.get("/v1/me/consents")).body["consents"]
    assert consent["withdrawn_at"] is not None
