import hmac
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hk import wire
from adapters.hk.wire import Credentials, WireError
from adapters.hk.wrapping import RsaPadding, unwrap_key, wrap_key

CREDENTIALS = Credentials(client_id="tongban-trial", secret="not a secret")
AT = datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
NONCE = "00000000-0000-4000-8000-0000"
BODY = b'{"content":"AA=="}'
KEY, IV = bytes(range(32)), bytes(range(100, 112))
GOLDEN_CONTENT = "AAAADGRlZmdoaWprbG1ubzM5vQkdjHSkHFJu2ulHFzmOlylVQ/sO7NILVD7oeBc="

SIGNED = {
    "clientID": "tongban-trial",
    "signatureMethod": "HmacSHA256",
    "timestamp": "1760000000000",
    "nonce": NONCE,
    "signature": "Hvu50sxy1ZDZqLP46kdijV0svoxbwhalao1hskqmxAM%3D",
}


def check(headers, body=BODY, *, now=AT):
    return wire.check(headers, body, CREDENTIALS, now=now)


def test_the_signed_headers_are_these_very_bytes():
    assert wire.sign(BODY, CREDENTIALS, at=AT, nonce=NONCE) == SIGNED
    assert check(SIGNED) == NONCE


def test_the_sealed_content_is_these_very_bytes():
    assert wire.seal(b'{"code":"0123"}', KEY, iv=IV) == GOLDEN_CONTENT
    assert wire.unseal(GOLDEN_CONTENT, KEY) == b'{"code":"0123"}'


def test_content_is_laid_out_as_length_iv_ciphertext_and_tag():
    layout = b64decode(wire.seal(b"fifteen bytes..", KEY, iv=IV))

    assert layout[:4] == b"\0\0\0\x0c"
    assert layout[4:16] == IV
    assert len(layout) == 4 + 12 + 15 + 16


@pytest.mark.parametrize("junk", ["\n", " ", "$", "=", "\u00e9"])
def test_content_with_junk_in_its_base64_does_not_open(junk):
    with pytest.raises(WireError, match="Base64"):
        wire.unseal(GOLDEN_CONTENT[:8] + junk + GOLDEN_CONTENT[8:], KEY)


def test_a_request_body_is_content_alone():
    assert wire.encode(wire.Sealed(content="AA==")) == BODY


def test_header_names_may_come_in_any_case():
    assert check({name.upper(): value for name, value in SIGNED.items()}) == NONCE


@given(st.integers(0, len(BODY) * 8 - 1))
def test_a_body_changed_by_one_bit_is_refused(bit):
    changed = bytearray(BODY)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(WireError, match="signature"):
        check(SIGNED, bytes(changed))


@given(st.integers(0, len(b64decode(GOLDEN_CONTENT)) * 8 - 1))
def test_content_changed_by_one_bit_does_not_open(bit):
    changed = bytearray(b64decode(GOLDEN_CONTENT))
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(WireError):
        wire.unseal(b64encode(changed).decode(), KEY)


@given(st.integers(0, len(b64decode(GOLDEN_CONTENT)) - 1))
def test_content_cut_short_does_not_open(length):
    cut = b64decode(GOLDEN_CONTENT)[:length]

    with pytest.raises(WireError):
        wire.unseal(b64encode(cut).decode(), KEY)


@given(
    st.binary(max_size=200),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=12, max_size=12),
)
def test_what_was_sealed_opens_with_its_key(plain, key, iv):
    assert wire.unseal(wire.seal(plain, key, iv=iv), key) == plain


@given(st.binary(max_size=100), st.uuids())
def test_what_was_signed_is_accepted(body, nonce):
    headers = wire.sign(body, CREDENTIALS, at=AT, nonce=str(nonce))

    assert check(headers, body) == str(nonce)


@pytest.mark.parametrize("name", SIGNED)
def test_a_missing_header_is_refused(name):
    headers = {key: value for key, value in SIGNED.items() if key != name}

    with pytest.raises(WireError):
        check(headers)


@pytest.mark.parametrize(
    "change",
    [
        {"clientID": "another"},
        {"signatureMethod": "HmacSHA1"},
        {"timestamp": "176000000000"},
        {"timestamp": "１760000000000"},
        {"timestamp": "1760000000001"},
        {"nonce": "short"},
        {"nonce": NONCE + '{"'},
        {"nonce": NONCE[::-1]},
        {"signature": ""},
        {"signature": "\udcff"},
        {"signature": "%FF%FE"},
        {"signature": SIGNED["signature"][:-3]},
    ],
)
def test_a_changed_header_is_refused(change):
    with pytest.raises(WireError):
        check(SIGNED | change)


def test_a_digit_cannot_wander_from_the_timestamp_to_the_nonce():
    wandered = {"timestamp": SIGNED["timestamp"][:-1], "nonce": SIGNED["timestamp"][-1] + NONCE}

    with pytest.raises(WireError, match="malformed"):
        check(SIGNED | wandered)


def test_the_start_of_the_body_cannot_wander_into_the_nonce():
    wandered = {"nonce": NONCE + BODY[:1].decode()}

    with pytest.raises(WireError, match="malformed"):
        check(SIGNED | wandered, BODY[1:])


@pytest.mark.parametrize("seconds", [-60, 0, 60])
def test_a_minute_of_skew_is_borne(seconds):
    assert check(SIGNED, now=AT + timedelta(seconds=seconds)) == NONCE


@pytest.mark.parametrize("seconds", [-60.001, 60.001, 86400])
def test_more_than_a_minute_of_skew_is_not(seconds):
    with pytest.raises(WireError, match="clock"):
        check(SIGNED, now=AT + timedelta(seconds=seconds))


def test_another_secret_signs_differently():
    headers = wire.sign(
        BODY, Credentials(client_id="tongban-trial", secret="other"), at=AT, nonce=NONCE
    )

    with pytest.raises(WireError, match="signature"):
        check(headers)


def test_a_signature_of_the_right_length_by_nobody_is_refused():
    nobody = quote(b64encode(hmac.digest(b"", BODY, "sha256")).decode(), safe="")

    with pytest.raises(WireError, match="signature"):
        check(SIGNED | {"signature": nobody})


@pytest.mark.parametrize("rsa_padding", RsaPadding)
def test_a_content_key_travels_under_each_padding(rsa_key, rsa_padding):
    wrapped = wrap_key(KEY, rsa_key.public_key(), rsa_padding)

    assert unwrap_key(wrapped, rsa_key, rsa_padding) == KEY


@pytest.mark.parametrize("opened_as", [RsaPadding.OAEP_SHA256, RsaPadding.OAEP_SHA1])
@pytest.mark.parametrize("wrapped_as", RsaPadding)
def test_a_content_key_opens_under_its_own_padding_only(rsa_key, wrapped_as, opened_as):
    wrapped = wrap_key(KEY, rsa_key.public_key(), wrapped_as)

    if wrapped_as is opened_as:
        assert unwrap_key(wrapped, rsa_key, opened_as) == KEY
    else:
        with pytest.raises(WireError, match="RSA"):
            unwrap_key(wrapped, rsa_key, opened_as)


def test_a_content_key_may_be_base64_text_inside(rsa_key):
    wrapped = wrap_key(b64encode(KEY), rsa_key.public_key(), RsaPadding.OAEP_SHA256)

    assert unwrap_key(wrapped, rsa_key, RsaPadding.OAEP_SHA256) == KEY


@pytest.mark.parametrize("key", [b"", KEY[:16], KEY[:24], KEY + b"\0"])
def test_a_content_key_of_another_length_is_refused(rsa_key, key):
    wrapped = wrap_key(key, rsa_key.public_key(), RsaPadding.OAEP_SHA256)

    with pytest.raises(WireError):
        unwrap_key(wrapped, rsa_key, RsaPadding.OAEP_SHA256)


@pytest.mark.parametrize(
    "body", [b"", b"{", b'"\xff"', b'{"a":' + b"[" * 10**5, b"[]", b'{"code":1}']
)
def test_a_body_of_another_shape_is_refused(body):
    with pytest.raises(WireError):
        wire.decode(body, wire.Result[str])
