"""What the client makes of a counterpart that answers badly, or otherwise."""

import json

import pytest
from aiohttp import web
from yarl import URL

from adapters.hk import wire
from adapters.hk.resilience import FAILURES_TO_OPEN
from identity.errors import (
    ProviderUnavailable,
    VerificationDeclined,
)
from identity.model import Document, Scope, Signed
from tests.adapters.hk.answering import (
    CREDENTIALS,
    GRANT,
    KEY,
    NOON,
    TOKEN,
    plainly,
    refused,
    sealed,
)
from tests.adapters.hk.conftest import provider

COMMITMENT = Document(digest=bytes(32), name="Commitment")
SIGNED = Signed(transaction="c", digest=bytes(32), signature=b"", at=NOON)


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
        sealed(TOKEN.replace(b'"o"', b'""')),
        sealed(TOKEN.replace(b'"t"', b'""')),
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


async def test_a_provider_that_gives_keys_and_takes_no_call_is_left_alone_too(
    counterpart, clock, keys_given
):
    client = await counterpart(*[plainly(b"", status=500)] * FAILURES_TO_OPEN, sealed(TOKEN))
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(ProviderUnavailable, match="500"):
            await client.redeem("code-1")
    given = len(keys_given)

    with pytest.raises(ProviderUnavailable, match="left alone"):
        await client.redeem("code-1")
    assert len(keys_given) == given
    clock.advance(seconds=31)

    assert (await client.redeem("code-1")).account == "o"


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
