"""What the client makes of a counterpart that answers badly, or otherwise."""

import asyncio
import json
import os
from datetime import timedelta

import pytest
from aiohttp import web
from yarl import URL

from adapters.hk import wire
from adapters.hk.wrapping import RsaPadding, wrap_key
from identity.errors import (
    CallbackRefused,
    IdentityError,
    ProviderUnavailable,
    VerificationDeclined,
)
from identity.model import Assurance, Document, Grant, Scope, Signed, SteppedUp
from tests.adapters.hk.conftest import CREDENTIALS, NOON, changed, provider

KEY = bytes(range(32))
GRANT = Grant(
    account="account-1", access_token="token-1", granted_at=NOON, assurance=Assurance.REMOTE
)
COMMITMENT = Document(digest=bytes(32), name="Commitment")
SIGNED = Signed(transaction="c", digest=bytes(32), signature=b"", at=NOON)
TOKEN = b'{"accessToken":"t","openID":"o","issueAt":1,"expiresIn":1}'


@pytest.fixture
def keys_given():
    """When the counterpart was asked for a content key."""
    return []


@pytest.fixture
async def counterpart(aiohttp_server, settings, session, clock, rsa_key, keys_given):
    """Return a function that makes a client of someone who answers as told."""

    async def answering(*answers, keys=(), **key):
        keys = list(keys)
        left = list(answers)
        app = web.Application()

        async def get_key(request):
            keys_given.append(clock())
            value = keys.pop(0) if keys else KEY
            return web.Response(body=key_answer(rsa_key, value, **key))

        async def answer(request):
            return await left.pop(0)(request)

        app.add_routes([web.post("/api/v1/security/getKey", get_key)])
        app.add_routes([web.post("/{rest:.*}", answer)])
        server = await aiohttp_server(app)
        there = changed(settings, base_url=str(server.make_url("")).rstrip("/"))
        return provider(session, clock, there)

    return answering


def key_answer(rsa_key, value, expires_in=3600000):
    wrapped = wrap_key(value, rsa_key.public_key(), RsaPadding.OAEP_SHA256)
    issued = wire.milliseconds(NOON)
    content = {"secretKey": wrapped, "pubKey": "", "issueAt": issued, "expiresIn": expires_in}
    return json.dumps({"txID": "1", "code": "D00000", "message": "", "content": content})


def plainly(body, status=200):
    async def answer(request):
        return web.Response(body=body, status=status)

    return answer


def sealed(plain, key=KEY, padding="", status=200):
    content = wire.seal(plain, key, iv=os.urandom(12))
    answer = json.dumps({"txID": "1", "code": "D00000", "content": content})
    return plainly(padding + answer, status)


def refused(code):
    return plainly(json.dumps({"txID": "1", "code": code, "message": "CHAN", "content": None}))


async def cut_short(request):
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"code":')
    request.transport.close()
    return response


async def elsewhere(request):
    raise web.HTTPTemporaryRedirect("/elsewhere")


@pytest.mark.parametrize(
    "answer",
    [
        cut_short,
        plainly(b""),
        plainly(b"<html>"),
        plainly(b"{}"),
        plainly(b'{"code":"D00000"}'),
        plainly(b'{"code":"D00000","content":"AAAA"}'),
        sealed(TOKEN, status=503),
        sealed(TOKEN, padding=" " * wire.MAX_BODY),
        sealed(b"{}"),
        sealed(TOKEN.replace(b'"o"', b"7")),
        sealed(TOKEN, key=KEY[::-1]),
    ],
)
async def test_nonsense_is_an_unavailable_provider(counterpart, answer):
    client = await counterpart(answer)

    with pytest.raises(ProviderUnavailable):
        await client.redeem("code-1")


async def test_a_redirection_is_not_followed(counterpart):
    client = await counterpart(elsewhere, sealed(TOKEN))

    with pytest.raises(ProviderUnavailable, match="status 307"):
        await client.redeem("code-1")


async def test_a_content_key_is_used_until_a_minute_before_its_end(
    counterpart, clock, keys_given
):
    client = await counterpart(*[sealed(TOKEN)] * 3)

    for minutes in (0, 58, 1):
        clock.advance(minutes=minutes)
        await client.redeem("code-1")

    assert keys_given == [NOON, NOON + timedelta(minutes=59)]


async def test_a_content_key_that_was_old_when_given_lasts_no_longer(
    counterpart, clock, keys_given
):
    clock.advance(minutes=30)
    client = await counterpart(*[sealed(TOKEN)] * 2)

    for minutes in (0, 29):
        clock.advance(minutes=minutes)
        await client.redeem("code-1")

    assert len(keys_given) == 2


async def test_no_content_key_is_kept_for_more_than_a_day(counterpart, clock, keys_given):
    client = await counterpart(*[sealed(TOKEN)] * 2, expires_in=10**14)

    for hours in (0, 24):
        clock.advance(hours=hours)
        await client.redeem("code-1")

    assert len(keys_given) == 2


@pytest.mark.parametrize("bad", [plainly(b"{}"), refused("D79999")])
async def test_after_a_failure_the_content_key_is_asked_for_again(counterpart, keys_given, bad):
    client = await counterpart(bad, sealed(TOKEN))
    with pytest.raises(IdentityError):
        await client.redeem("code-1")

    await client.redeem("code-2")

    assert len(keys_given) == 2


async def test_tasks_that_start_together_ask_for_one_content_key(counterpart, keys_given):
    client = await counterpart(*[sealed(TOKEN)] * 8)

    await asyncio.gather(*(client.redeem("code-1") for _ in range(8)))

    assert len(keys_given) == 1


async def test_a_counterpart_that_cannot_be_reached_is_unavailable(settings, session, clock):
    nobody_listens = provider(session, clock, settings)

    with pytest.raises(ProviderUnavailable, match="reached"):
        await nobody_listens.redeem("code-1")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("D40000", "cancelled"),
        ("D40001", "rejected"),
        ("D40003", "timed out"),
        ("D79999", "refused"),
    ],
)
async def test_a_refusal_says_why_in_our_words(counterpart, code, reason):
    client = await counterpart(refused(code))

    with pytest.raises(VerificationDeclined, match=f"^iAM Smart says: {reason}$"):
        await client.redeem("code-1")


async def test_after_nonsense_the_next_answer_counts(counterpart):
    client = await counterpart(plainly(b"{}"), sealed(TOKEN))
    with pytest.raises(ProviderUnavailable):
        await client.redeem("code-1")

    grant = await client.redeem("code-2")

    assert (grant.account, grant.access_token) == ("o", "t")


async def test_a_request_says_what_the_specification_lists(counterpart):
    asked = []

    async def remember(request):
        body = await request.read()
        nonce = wire.check(request.headers, body, CREDENTIALS, now=NOON)
        content = json.loads(body)["content"]
        asked.append((request.path, nonce, json.loads(wire.unseal(content, KEY))))
        return await sealed(TOKEN if "getToken" in request.path else b"{}")(request)

    client = await counterpart(remember, remember)
    await client.redeem("code-1")
    await client.request(GRANT, Scope.PROFILE, transaction="case-1")

    (redeeming, first, token), (requesting, second, profile) = asked
    assert redeeming == "/api/v1/auth/getToken"
    assert token == {"code": "code-1", "grantType": "authorization_code"}
    assert requesting == "/api/v1/account/auth/profile/initiateRequest"
    assert profile == {
        "businessID": "case-1",
        "accessToken": "token-1",
        "openID": "account-1",
        "source": "PC_Browser",
        "redirectURI": "http://127.0.0.1:9/profile",
        "state": "case-1",
        "profileFields": ["idNo", "enName", "chName", "birthDate", "gender"],
    }
    assert first != second


async def test_a_second_code_to_scan_is_a_second_page(counterpart):
    client = await counterpart(sealed(b'{"authByQR":true,"ticketID":"ticket-1"}'))

    page = URL(await client.request(GRANT, Scope.PROFILE, transaction="case-1"))

    assert page.path == "/api/v1/auth/getQR"
    assert (page.query["ticketID"], page.query["state"]) == ("ticket-1", "case-1")


def callback(rsa_key, told, **envelope):
    """Return headers and body of a callback that tells `told`, signed as it should be."""
    plain = told if isinstance(told, bytes) else json.dumps(told).encode()
    result = {
        "txID": "1",
        "code": "D00000",
        "message": "",
        "content": wire.seal(plain, KEY, iv=os.urandom(12)),
        "secretKey": wrap_key(KEY, rsa_key.public_key(), RsaPadding.OAEP_SHA256),
    }
    body = json.dumps(result | envelope).encode()
    return wire.sign(body, CREDENTIALS, at=NOON, nonce="0" * 32), body


CHAN = {"Identification": " A123456", "CheckDigit": "3"}


def test_names_may_be_bare_and_a_birth_date_partial(rsa_key, reader):
    content = {"businessID": "c", "enName": "CHAN", "chName": "陳", "birthDate": "1950"}
    profile = reader.read_callback(*callback(rsa_key, content | {"idNo": CHAN}))

    assert profile.claims == {
        "document_type": "hkid",
        "document_number": "A123456(3)",
        "name_en": "CHAN",
        "name_zh": "陳",
    }


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"businessID": ""},
        {"businessID": 7},
        {"businessID": "c", "state": "d"},
        {"businessID": "c", "idNo": CHAN | {"CheckDigit": "4"}},
        {"businessID": "c", "idNo": {"Identification": "A123456"}},
        {"businessID": "c", "enName": "A" * 201},
        b"",
        b"[]",
        b'{"businessID":"\xff"}',
    ],
)
def test_a_signed_callback_with_malformed_content_is_refused(rsa_key, reader, content):
    with pytest.raises(CallbackRefused):
        reader.read_callback(*callback(rsa_key, content))


@pytest.mark.parametrize(
    "envelope",
    [
        {"content": None},
        {"content": ""},
        {"content": {"businessID": "c"}},
        {"secretKey": None},
        {"secretKey": ""},
        {"secretKey": "AAAA"},
        {"padding": "x" * wire.MAX_BODY},
    ],
)
def test_a_signed_callback_with_a_malformed_envelope_is_refused(rsa_key, reader, envelope):
    with pytest.raises(CallbackRefused):
        reader.read_callback(*callback(rsa_key, {"businessID": "c"}, **envelope))


async def test_a_callback_without_a_key_opens_with_the_one_we_hold(counterpart, rsa_key):
    client = await counterpart(sealed(TOKEN))
    await client.redeem("code-1")

    profile = client.read_callback(*callback(rsa_key, {"businessID": "c"}, secretKey=None))

    assert profile.transaction == "c"


def test_a_timed_out_callback_declines_its_transaction(rsa_key, reader):
    with pytest.raises(VerificationDeclined, match="timed out") as refusal:
        reader.read_callback(*callback(rsa_key, {"businessID": "c"}, code="D40003"))

    assert refusal.value.transaction == "c"


def test_an_address_may_be_an_object_and_is_then_left_out(rsa_key, reader):
    form = {"residentialAddress": {"Flat": "3"}, "postalAddress": "Nowhere"}
    told = {"businessID": "c", "eMEFields": form}

    assert reader.read_callback(*callback(rsa_key, told)).claims == {
        "postal_address": "Nowhere"
    }


@pytest.mark.parametrize("passed", [True, "true", "TRUE", "Y", "1"])
def test_a_step_up_that_went_well_says_so_in_several_ways(rsa_key, reader, passed):
    told = {"businessID": "c", "state": "c", "isPassed": passed}

    assert reader.read_callback(*callback(rsa_key, told)) == SteppedUp(transaction="c", at=NOON)


@pytest.mark.parametrize("passed", [False, "false", "N", "0", "", "maybe"])
def test_a_step_up_that_did_not_declines_its_transaction(rsa_key, reader, passed):
    with pytest.raises(VerificationDeclined, match="rejected") as refusal:
        reader.read_callback(*callback(rsa_key, {"businessID": "c", "isPassed": passed}))

    assert refusal.value.transaction == "c"


HASH_CODE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.mark.parametrize(
    "content",
    [
        {"isPassed": True, "hashCode": HASH_CODE},
        {"isPassed": True, "enName": "CHAN"},
        {"hashCode": HASH_CODE, "idNo": CHAN},
        {"hashCode": HASH_CODE, "signature": "AA=="},
        {"hashCode": HASH_CODE, "cert": "MA=="},
        {"hashCode": HASH_CODE, "signature": "AA==", "cert": "MA=="},
        {"hashCode": "", "signature": "AA==", "cert": "MA=="},
        {"hashCode": 7},
        {"isPassed": 1},
    ],
)
def test_a_signed_callback_that_answers_two_questions_or_none_well_is_refused(
    rsa_key, reader, content
):
    with pytest.raises(CallbackRefused):
        reader.read_callback(*callback(rsa_key, {"businessID": "c"} | content))


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(
    "answer",
    [
        cut_short,
        plainly(b"{}"),
        sealed(b"[]"),
        sealed(b'{"ticketID":7}'),
        sealed(b"{}", KEY[::-1]),
    ],
)
async def test_nonsense_about_what_is_asked_is_an_unavailable_provider(
    counterpart, answer, scope
):
    client = await counterpart(answer)

    with pytest.raises(ProviderUnavailable):
        await client.request(GRANT, scope, transaction="c", document=COMMITMENT)


@pytest.mark.parametrize("scope", Scope)
async def test_a_refusal_of_what_is_asked_declines(counterpart, scope):
    client = await counterpart(refused("D40001"))

    with pytest.raises(VerificationDeclined, match="rejected"):
        await client.request(GRANT, scope, transaction="c", document=COMMITMENT)


async def test_an_acknowledgement_wants_no_content_in_its_answer(counterpart):
    client = await counterpart(plainly(b'{"code":"D00000"}'))

    await client.acknowledge(SIGNED)


async def test_an_acknowledgement_that_is_refused_declines(counterpart):
    client = await counterpart(refused("D20004"))

    with pytest.raises(VerificationDeclined, match="refused"):
        await client.acknowledge(SIGNED)


async def test_a_callback_sealed_just_before_a_renewal_opens(counterpart, rsa_key, clock):
    old, new = KEY, KEY[::-1]
    client = await counterpart(sealed(TOKEN, old), sealed(TOKEN, new), keys=[old, new])
    await client.redeem("code-1")
    clock.advance(minutes=59)
    await client.redeem("code-2")
    headers, body = callback(rsa_key, {"businessID": "c"}, secretKey=None)
    clock.now = NOON

    assert client.read_callback(headers, body).transaction == "c"


async def test_a_callback_under_a_key_from_before_the_last_does_not_open(
    counterpart, rsa_key, clock
):
    keys = [KEY, KEY[::-1], bytes(32)]
    client = await counterpart(*(sealed(TOKEN, key) for key in keys), keys=keys)
    for _ in keys:
        await client.redeem("code-1")
        clock.advance(minutes=59)
    headers, body = callback(rsa_key, {"businessID": "c"}, secretKey=None)
    clock.now = NOON

    with pytest.raises(CallbackRefused, match="no content key that we hold"):
        client.read_callback(headers, body)
