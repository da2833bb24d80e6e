"""Forms, step-up and signing: our client and the simulator, over real HTTP."""

from hashlib import sha256

import pytest
from yarl import URL

from adapters.hk.options import Entry, HashCode
from adapters.hk.simulator import RESIDENTS
from adapters.hk.simulator.switches import Switch
from identity.errors import CallbackRefused, ProviderUnavailable, VerificationDeclined
from identity.model import Document, Profile, Scope, Signed, SteppedUp

WORDING = b"I know the conditions, and meet them."
COMMITMENT = Document(digest=sha256(WORDING).digest(), name="Commitment 承諾書")


async def test_a_resident_fills_a_form_from_what_they_keep(world):
    grant = await world.provider.redeem(await world.code(scope=Scope.FORM_FILLING))
    second = await world.provider.request(grant, Scope.FORM_FILLING, transaction="case-1")

    filled = world.provider.read_callback(*await world.next_callback())

    assert second is None
    assert isinstance(filled, Profile)
    assert filled.transaction == "case-1"
    assert filled.claims["name_en"] == "CHAN, Sample"
    assert filled.claims["email_address"] == "chan@simulator.example"
    assert filled.claims["residential_address"].endswith("Nowhere, Hong Kong")


async def test_a_form_has_only_the_fields_asked_for(world):
    world.provider = world.provider_with(form_fields=("mobileNumber",), profile_fields=())
    grant = await world.provider.redeem(await world.code(scope=Scope.FORM_FILLING))
    await world.provider.request(grant, Scope.FORM_FILLING, transaction="case-1")

    filled = world.provider.read_callback(*await world.next_callback())

    assert filled.claims == {"mobile_number": "5555 0100"}


async def test_a_resident_shows_their_face_again(world):
    page = await world.second_page(Scope.STEP_UP)

    stepped_up = world.provider.read_callback(*await world.answer(page, "approve"))

    assert stepped_up == SteppedUp(transaction="case-1", at=world.clock.now)


async def test_a_resident_signs_the_digest_of_our_document(world):
    page = await world.second_page(Scope.SIGNING, COMMITMENT)

    signed = world.provider.read_callback(*await world.answer(page, "approve"))
    await world.provider.acknowledge(signed)

    assert isinstance(signed, Signed)
    assert (signed.transaction, signed.digest) == ("case-1", COMMITMENT.digest)
    assert len(signed.signature) == 256
    assert world.simulated.acknowledged.get("case-1") == "success"


async def test_a_signature_may_be_acknowledged_twice(world):
    page = await world.second_page(Scope.SIGNING, COMMITMENT)
    signed = world.provider.read_callback(*await world.answer(page, "approve"))

    for _ in range(2):
        await world.provider.acknowledge(signed)

    assert world.simulated.acknowledged.get("case-1") == "success"


async def test_the_signing_page_shows_what_is_signed(world):
    page = await world.second_page(Scope.SIGNING, COMMITMENT)

    async with world.session.get(page) as response:
        text = await response.text()

    assert COMMITMENT.digest.hex() in text
    assert COMMITMENT.name in text
    assert RESIDENTS["chan"].name_zh in text


async def test_no_signature_is_asked_of_nothing(world):
    grant = await world.provider.redeem(await world.code(scope=Scope.SIGNING))

    with pytest.raises(ValueError, match="no document"):
        await world.provider.request(grant, Scope.SIGNING, transaction="case-1")


@pytest.mark.parametrize("scope", [Scope.STEP_UP, Scope.SIGNING])
@pytest.mark.parametrize(
    ("decision", "reason"),
    [("cancel", "cancelled"), ("reject", "rejected"), ("time-out", "timed out")],
)
async def test_who_does_not_agree_declines_that_transaction(world, scope, decision, reason):
    page = await world.second_page(scope, COMMITMENT)

    callback = await world.answer(page, decision)

    with pytest.raises(VerificationDeclined, match=reason) as refusal:
        world.provider.read_callback(*callback)
    assert refusal.value.transaction == "case-1"


@pytest.mark.parametrize("scope", Scope)
async def test_nothing_is_given_that_the_person_did_not_agree_to_share(world, scope):
    code = await world.code(scope=scope, decision="keep-profile")
    grant = await world.provider.redeem(code)
    page = await world.provider.request(grant, scope, transaction="case-1", document=COMMITMENT)

    callback = await world.next_callback()

    assert page is None
    with pytest.raises(VerificationDeclined, match="rejected"):
        world.provider.read_callback(*callback)


async def test_a_ticket_is_answered_once(world):
    page = await world.second_page(Scope.STEP_UP)
    await world.answer(page, "approve")

    async with world.session.post(page, data={"decision": "approve"}) as response:
        assert response.status == 400


@pytest.mark.parametrize("form", [{}, {"decision": "perhaps"}, {"decision": "keep-profile"}])
async def test_a_ticket_is_not_answered_without_a_decision(world, form):
    page = await world.second_page(Scope.STEP_UP)

    async with world.session.post(page, data=form) as response:
        assert response.status == 400

    assert world.provider.read_callback(*await world.answer(page, "approve"))


async def test_a_ticket_that_nobody_gave_is_not_shown(world):
    page = URL(await world.second_page(Scope.STEP_UP)).update_query(ticketID="guessed")

    async with world.session.get(page) as response:
        assert response.status == 400


async def test_each_purpose_asks_for_its_own_scope(world):
    pages = {
        scope: URL(world.provider.page(state="s", language="en", scope=scope))
        for scope in Scope
    }

    assert {scope: page.query["scope"] for scope, page in pages.items()} == {
        Scope.PROFILE: "eidapi_auth eidapi_profiles",
        Scope.FORM_FILLING: "eidapi_auth eidapi_formFilling",
        Scope.STEP_UP: "eidapi_auth eidapi_fr",
        Scope.SIGNING: "eidapi_auth eidapi_sign",
    }


async def test_a_broker_page_is_asked_for_where_it_finds_the_app(world):
    page = URL(world.provider_with(entry=Entry.BROKER).page(state="s", language="en"))

    assert page.query["brokerPage"] == "true"


async def test_the_app_is_opened_where_it_is_on_the_same_device(world):
    app = world.provider_with(entry=Entry.APP, source="App_Scheme")
    grant = await world.provider.redeem(await world.code(scope=Scope.SIGNING))

    first = URL(app.page(state="s 1", language="en", scope=Scope.SIGNING))
    second = await app.request(grant, Scope.SIGNING, transaction="case-1", document=COMMITMENT)

    assert str(first).startswith("hk.gov.iamsmart://auth/iAmSmartLogin?")
    assert (first.query["state"], first.query["source"]) == ("s 1", "App_Scheme")
    assert second is not None
    assert second.startswith("hk.gov.iamsmart://hash-sign?ticketID=")


async def test_who_is_asked_in_the_app_has_no_second_page(world):
    elsewhere = world.provider_with(second_page_by_qr=False)
    grant = await elsewhere.redeem(await world.code(scope=Scope.STEP_UP))

    assert await elsewhere.request(grant, Scope.STEP_UP, transaction="case-1") is None


async def test_a_signature_by_someone_nobody_trusts_is_refused(world, other_authority):
    page = await world.second_page(Scope.SIGNING, COMMITMENT)
    callback = await world.answer(page, "approve")

    with pytest.raises(CallbackRefused, match="nobody we trust"):
        world.provider_with(signature_issuers=other_authority).read_callback(*callback)


async def test_a_signature_over_another_document_is_refused(world):
    world.turn_on(Switch.WRONG_DOCUMENT)
    page = await world.second_page(Scope.SIGNING, COMMITMENT)

    with pytest.raises(CallbackRefused, match="does not match the digest"):
        world.provider.read_callback(*await world.answer(page, "approve"))


async def test_a_hash_code_written_otherwise_than_agreed_is_not_signed(world):
    other = world.provider_with(hash_code=HashCode.HEX)
    grant = await other.redeem(await world.code(scope=Scope.SIGNING))

    with pytest.raises(VerificationDeclined):
        await other.request(grant, Scope.SIGNING, transaction="case-1", document=COMMITMENT)


async def test_an_acknowledgement_that_was_lost_is_sent_again(world):
    page = await world.second_page(Scope.SIGNING, COMMITMENT)
    signed = world.provider.read_callback(*await world.answer(page, "approve"))
    world.turn_on(Switch.DOWN, times=2)

    await world.provider.acknowledge(signed)

    assert world.simulated.acknowledged.get("case-1") == "success"


async def test_a_lost_request_for_a_signature_is_not_sent_again(world):
    grant = await world.provider.redeem(await world.code(scope=Scope.SIGNING))
    world.turn_on(Switch.DOWN)

    with pytest.raises(ProviderUnavailable, match="503"):
        await world.provider.request(
            grant, Scope.SIGNING, transaction="case-1", document=COMMITMENT
        )

    assert world.sleeper.slept == []
