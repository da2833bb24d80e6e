"""Nothing of a person, and no secret, shows in a `repr`, an error or a log."""

import asyncio
import logging
import os
import traceback

import pytest

from adapters.hk import wire
from adapters.hk.contents import Content
from adapters.hk.messages import CodeForToken, Token
from adapters.hk.simulator import RESIDENTS
from adapters.hk.simulator.switches import Switch
from identity.errors import IdentityError
from identity.model import Document, Scope
from tests.adapters.hk.answering import CREDENTIALS, NOON, callback
from tests.adapters.hk.conftest import changed, provider

CHAN = RESIDENTS["chan"]
COMMITMENT = Document(digest=bytes(32), name="Commitment")
PERSONAL = [
    "A123456",
    "CHAN",
    "陳",
    "19800101",
    "1980-01-01",
    CREDENTIALS.secret,
    "PRIVATE KEY",
]


def shows(text: str, *more: str) -> list[str]:
    return [secret for secret in [*PERSONAL, *more] if secret in text]


def test_the_search_itself_finds_what_it_looks_for():
    assert shows(f"born 19800101, {CREDENTIALS.secret}") == ["19800101", CREDENTIALS.secret]


def test_settings_and_credentials_hide_their_secrets(settings):
    assert not shows(repr(settings) + repr(settings.credentials))


def test_messages_show_their_kind_alone():
    content = CHAN.profile(("idNo", "enName", "chName", "birthDate"), transaction="case-1")
    token = Token(access_token="token-1", open_id="account-1", issue_at=1, expires_in=1)
    result = wire.Result[Content](code=wire.OK, content=content, secret_key="key-1")

    shown = f"{content!r} {content.id_no!r} {token} {result} {CodeForToken(code='code-1')}"

    assert not shows(shown, "token-1", "account-1", "key-1", "code-1", "case-1")


async def test_a_whole_journey_logs_and_shows_nobody(world, caplog):
    caplog.set_level(logging.DEBUG)
    code = await world.code()
    grant = await world.provider.redeem(code)
    await world.provider.request(grant, Scope.PROFILE, transaction="case-1")
    headers, body = await world.callbacks.get()
    profile = world.provider.read_callback(headers, body)

    shown = f"{caplog.text} {grant!r} {profile!r} {world.provider!r} {world.provider.__dict__}"

    assert caplog.records
    assert not shows(shown, code, grant.account, grant.access_token)


EVERYTHING_WRONG = [
    Switch.DOWN,
    Switch.GARBAGE,
    Switch.SLOW,
    Switch.STALE_KEY,
    Switch.CANCELLED,
    Switch.WRONG_SIGNATURE,
    Switch.WRONG_DOCUMENT,
    Switch.CALLBACK_TWICE,
]


@pytest.mark.parametrize("switch", [None, *EVERYTHING_WRONG])
@pytest.mark.parametrize("scope", Scope)
async def test_no_flow_logs_or_shows_anybody_however_it_goes(world, caplog, scope, switch):
    caplog.set_level(logging.DEBUG)
    code = await world.code(scope=scope)
    if switch is not None:
        world.turn_on(switch, times=4)

    shown = await everything_that_happens(world, scope, code)

    assert not shows(shown + caplog.text, code, CHAN.open_id(CREDENTIALS.client_id))


async def everything_that_happens(world, scope, code):
    """Go one flow as far as it goes, and return all that came of it as a log would."""
    try:
        grant = await world.provider.redeem(code)
        page = await world.provider.request(
            grant, scope, transaction="case-1", document=COMMITMENT
        )
        shown = repr((grant, page))
        callback = await (world.answer(page, "approve") if page else world.next_callback())
        answer = world.provider.read_callback(*callback)
        return f"{shown} {answer!r}"
    except IdentityError as error:
        return everything_about(error)


async def test_a_provider_that_cannot_be_reached_leaves_no_code_behind(reader):
    code = os.urandom(16).hex()

    with pytest.raises(IdentityError) as refusal:
        await reader.redeem(code)

    assert not shows(everything_about(refusal.value), code)


async def test_an_answer_that_is_no_http_is_not_repeated(session, clock, settings):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nCHAN A123456\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        there = changed(settings, base_url=f"http://127.0.0.1:{port}")
        with pytest.raises(IdentityError) as refusal:
            await provider(session, clock, there).redeem("code-1")

    assert not shows(everything_about(refusal.value))


MALFORMED = [
    {"businessID": "case-1", "isPassed": ["CHAN"]},
    {"businessID": "case-1", "isPassed": "A123456"},
    {"businessID": "case-1", "hashCode": "CHAN", "signature": "A123456", "cert": "CHAN"},
    {"businessID": "case-1", "eMEFields": {"mobileNumber": {"CHAN": "A123456"}}},
    {"businessID": "case-1", "enName": "CHAN", "birthDate": 19800101},
    {"businessID": "case-1", "idNo": {"Identification": "A123456", "CheckDigit": "9"}},
    {"businessID": "case-1", "chName": {"陳": 1}},
    '{"businessID":"case-1","chName":"陳'.encode(),
    b'{"businessID":"case-1","enName":"CHAN\xff"}',
]


@pytest.mark.parametrize("content", MALFORMED)
def test_a_refused_callback_repeats_nothing_of_it(rsa_key, reader, content):
    with pytest.raises(IdentityError) as refusal:
        reader.read_callback(*callback(rsa_key, content))

    assert not shows(everything_about(refusal.value))


def test_a_declined_callback_does_not_repeat_the_providers_words(rsa_key, reader):
    words = {"message": "CHAN, A123456, said no", "code": "D40001 CHAN"}

    with pytest.raises(IdentityError) as refusal:
        reader.read_callback(*callback(rsa_key, {"businessID": "case-1"}, **words))

    assert not shows(everything_about(refusal.value))


def test_a_forged_callback_repeats_neither_header_nor_body(reader):
    body = b"A123456 CHAN"
    forged = wire.sign(body, CREDENTIALS, at=NOON, nonce="A123456-A123456-A123456")
    forged["signature"] = "CHAN"

    with pytest.raises(IdentityError) as refusal:
        reader.read_callback(forged, body)

    assert not shows(everything_about(refusal.value))


def everything_about(error: BaseException) -> str:
    """Return an error as a log would show it, with the causes it names."""
    shown = "".join(traceback.format_exception(error))
    cause: BaseException | None = error
    while cause is not None:
        shown += repr(cause)
        cause = cause.__cause__
    return shown
