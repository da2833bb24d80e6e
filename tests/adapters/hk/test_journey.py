"""Our client and the simulator, all the way, over real HTTP."""

import asyncio

import pytest
from yarl import URL

from adapters.hk.simulator import RESIDENTS
from identity.errors import CallbackRefused, ProviderUnavailable, VerificationDeclined
from identity.model import Assurance, Grant, Scope
from identity.ports import HostedProvider


def test_the_client_is_a_hosted_provider(world):
    provider: HostedProvider = world.provider

    assert (provider.jurisdiction, provider.method) == ("CN-HK", "iamsmart")


async def test_a_resident_signs_in_and_shares_their_profile(world):
    grant = await world.provider.redeem(await world.code(resident="chan"))
    second_page = await world.provider.request(grant, Scope.PROFILE, transaction="case-1")
    headers, body = await asyncio.wait_for(world.callbacks.get(), timeout=5)

    profile = world.provider.read_callback(headers, body)

    assert second_page is None
    assert (grant.assurance, grant.granted_at) == (Assurance.REMOTE, world.clock.now)
    assert profile.transaction == "case-1"
    assert profile.claims == {
        "document_type": "hkid",
        "document_number": "A123456(3)",
        "name_en": "CHAN, Sample",
        "name_zh": "陳樣本",
        "birth_date": "1980-01-01",
        "gender": "F",
    }


@pytest.mark.parametrize("resident", RESIDENTS)
async def test_every_simulated_resident_can_be_read(world, resident):
    profile = world.provider.read_callback(*await world.callback("case-1", resident=resident))

    assert profile.claims["document_number"] == RESIDENTS[resident].number


async def test_only_the_fields_asked_for_are_shared(world):
    world.provider = world.provider_with(profile_fields=("enName",))

    profile = world.provider.read_callback(*await world.callback("case-1"))

    assert profile.claims == {"name_en": "CHAN, Sample"}


async def test_the_page_is_asked_for_with_every_parameter(world):
    page = URL(world.provider.page(state="s 1", language="zh-Hans"))

    assert page.path == "/api/v1/auth/getQR"
    assert dict(page.query) == {
        "clientID": "tongban-test",
        "responseType": "code",
        "source": "PC_Browser",
        "redirectURI": world.settings.redirect_uri,
        "scope": "eidapi_auth eidapi_profiles",
        "state": "s 1",
        "lang": "zh-CN",
        "brokerPage": "false",
        "ticketID": "",
    }


async def test_an_account_is_the_same_again_and_different_for_each_client(world):
    first = await world.provider.redeem(await world.code())
    again = await world.provider.redeem(await world.code())

    assert first.account == again.account
    assert first.account != RESIDENTS["chan"].open_id("another-client")
    assert first.account != RESIDENTS["wong"].open_id("tongban-test")


async def test_a_user_type_known_to_register_in_person_counts_for_more(world):
    world.provider = world.provider_with(
        in_person_user_types=frozenset({RESIDENTS["chan"].user_type})
    )

    plus = await world.provider.redeem(await world.code(resident="chan"))
    plain = await world.provider.redeem(await world.code(resident="wong"))

    assert (plus.assurance, plain.assurance) == (Assurance.IN_PERSON, Assurance.REMOTE)


async def test_one_who_cancels_comes_back_without_a_code(world):
    page = world.provider.page(state="state-of-ours", language="en")

    back = await world.visit(page, decision="cancel")

    assert dict(back.query) == {"error_code": "D40000", "state": "state-of-ours"}


async def test_one_who_shares_no_profile_declines_that_transaction(world):
    headers, body = await world.callback("case-1", decision="keep-profile")

    with pytest.raises(VerificationDeclined, match="rejected") as refusal:
        world.provider.read_callback(headers, body)

    assert refusal.value.transaction == "case-1"


async def test_a_code_is_good_once(world):
    code = await world.code()
    await world.provider.redeem(code)

    with pytest.raises(VerificationDeclined):
        await world.provider.redeem(code)


async def test_a_code_is_good_for_a_minute(world):
    code = await world.code()
    world.clock.advance(seconds=60)

    with pytest.raises(VerificationDeclined):
        await world.provider.redeem(code)


async def test_a_token_is_good_for_its_own_account_only(world):
    grant = await world.provider.redeem(await world.code(resident="chan"))
    other = Grant(
        account=RESIDENTS["wong"].open_id("tongban-test"),
        access_token=grant.access_token,
        granted_at=grant.granted_at,
        assurance=grant.assurance,
    )

    with pytest.raises(VerificationDeclined):
        await world.provider.request(other, Scope.PROFILE, transaction="case-1")


async def test_the_content_key_is_renewed_before_it_runs_out(world):
    await world.provider.redeem(await world.code())
    world.clock.advance(days=1, seconds=1)

    grant = await world.provider.redeem(await world.code())

    assert grant.granted_at == world.clock.now


async def test_a_callback_is_read_by_a_process_that_never_called(world):
    headers, body = await world.callback("case-1")

    profile = world.provider_with().read_callback(headers, body)

    assert profile.transaction == "case-1"


async def test_a_client_with_the_wrong_secret_gets_nothing(world):
    code = await world.code()

    with pytest.raises(ProviderUnavailable):
        await world.provider_with(secret="guessed").redeem(code)


async def test_a_callback_signed_with_another_secret_is_refused(world):
    headers, body = await world.callback("case-1")

    with pytest.raises(CallbackRefused, match="signature"):
        world.provider_with(secret="guessed").read_callback(headers, body)


async def test_a_callback_cut_short_is_refused(world):
    headers, body = await world.callback("case-1")

    with pytest.raises(CallbackRefused, match="signature"):
        world.provider.read_callback(headers, body[:-1])


async def test_an_old_callback_is_refused(world):
    headers, body = await world.callback("case-1")
    world.clock.advance(seconds=61)

    with pytest.raises(CallbackRefused, match="clock"):
        world.provider.read_callback(headers, body)


async def test_a_callback_sealed_to_another_service_is_refused(world, other_rsa_pem):
    headers, body = await world.callback("case-1")

    with pytest.raises(CallbackRefused):
        world.provider_with(private_key=other_rsa_pem).read_callback(headers, body)
