"""A key is screened once, named by its own thumbprint, and judged by its record."""

from datetime import UTC, datetime, timedelta

import pytest
from nacl.public import PrivateKey

from cose import (
    SEALED_BOX,
    KeyRefused,
    decode,
    decode_key_set,
    encode,
    encode_key_set,
    kid_of,
    thumbprint,
)
from tests.cose.tokens import RECORD, SIGNER, STRANGER, record

P = 2**255 - 19
IDENTITY = bytes([1, *bytes(31)])
ORDER_TWO = (P - 1).to_bytes(32, "little")
ORDER_FOUR = bytes(32)
ORDER_EIGHT = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
NOT_CANONICAL = (P + 1).to_bytes(32, "little")
SEALING = bytes(PrivateKey(bytes(range(32))).public_key)


def test_the_thumbprint_published_in_rfc_9679():
    x = "65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"
    y = "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"

    found = thumbprint({1: 2, -1: 1, -2: bytes.fromhex(x), -3: bytes.fromhex(y)})

    assert found.hex() == "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"


def test_a_kid_is_eight_bytes_of_the_thumbprint():
    whole = thumbprint({1: 1, -1: 6, -2: SIGNER.public_key})

    assert kid_of(SIGNER.public_key) == RECORD.kid == whole[:8]


@pytest.mark.parametrize(
    "public_key",
    [IDENTITY, ORDER_TWO, ORDER_FOUR, ORDER_EIGHT, NOT_CANONICAL, bytes(31), bytes(33), b""],
    ids=["order one", "two", "four", "eight", "not canonical", "31 bytes", "33 bytes", "none"],
)
def test_a_key_that_a_forger_could_use_is_not_enrolled(public_key):
    with pytest.raises(KeyRefused):
        record(public_key=public_key)


@pytest.mark.parametrize("public_key", [bytes(32), IDENTITY, bytes(31)])
def test_a_sealing_key_of_small_order_is_not_enrolled(public_key):
    with pytest.raises(KeyRefused):
        record(public_key=public_key, algorithm=SEALED_BOX)


@pytest.mark.parametrize("algorithm", [-7, -35, -53, 5, 0])
def test_a_key_of_an_algorithm_we_do_not_have_is_not_enrolled(algorithm):
    with pytest.raises(KeyRefused, match="algorithm"):
        record(algorithm=algorithm)


def test_a_key_is_valid_from_its_first_moment_to_before_its_last():
    moment = timedelta(microseconds=1)

    assert RECORD.is_valid_at(RECORD.not_before)
    assert not RECORD.is_valid_at(RECORD.not_before - moment)
    assert RECORD.is_valid_at(RECORD.expires - moment)
    assert not RECORD.is_valid_at(RECORD.expires)


def test_what_was_signed_before_a_revocation_still_counts():
    revoked_at = datetime(2026, 6, 1, tzinfo=UTC)
    given = record(revoked_at=revoked_at)

    assert given.is_valid_at(revoked_at - timedelta(seconds=1))
    assert not given.is_valid_at(revoked_at)


def test_a_key_that_is_never_valid_is_not_enrolled():
    with pytest.raises(KeyRefused, match="some time"):
        record(expires=RECORD.not_before)


def test_a_key_set_gives_back_the_records_it_was_made_of():
    given = (
        RECORD,
        record(STRANGER, revoked_at=datetime(2026, 6, 1, tzinfo=UTC)),
        record(public_key=SEALING, algorithm=SEALED_BOX, use=frozenset({"seal"})),
    )

    assert decode_key_set(encode_key_set(given)) == given


def _bent(**changes):
    key = decode(encode_key_set([RECORD]))[0]
    labels = {
        "kty": 1,
        "kid": 2,
        "alg": 3,
        "crv": -1,
        "x": -2,
        "use": -70030,
        "nbf": -70031,
        "revoked": -70033,
    }
    key |= {labels[name]: value for name, value in changes.items()}
    return encode([key])


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(_bent(kid=bytes(8)), id="a kid of another's choice"),
        pytest.param(_bent(kid="path"), id="a kid as text"),
        pytest.param(_bent(x=IDENTITY), id="a small-order key"),
        pytest.param(_bent(kty=2), id="a key of two coordinates"),
        pytest.param(_bent(crv=4), id="the curve of another algorithm"),
        pytest.param(_bent(alg=-7), id="an algorithm we do not have"),
        pytest.param(_bent(alg=True), id="an algorithm as true"),
        pytest.param(_bent(use="text"), id="a use that is not a list"),
        pytest.param(_bent(use=[1]), id="a use that is not text"),
        pytest.param(_bent(nbf=2**63), id="a time out of range"),
        pytest.param(encode([decode(_bent())[0] | {-4: bytes(32)}]), id="a private key"),
        pytest.param(encode([{}]), id="an empty key"),
        pytest.param(encode([]), id="no key"),
        pytest.param(encode({}), id="a map"),
        pytest.param(encode([7]), id="an array of a number"),
        pytest.param(encode(7), id="a number"),
        pytest.param(encode({1: _bent()}), id="a map that is not empty"),
        pytest.param(_bent(revoked="now"), id="revoked at a text"),
        pytest.param(_bent(revoked=-(2**63)), id="revoked before time began"),
        pytest.param(encode(decode(_bent()) * 2), id="one key twice"),
    ],
)
def test_a_key_set_is_refused_whole_for(attack):
    with pytest.raises(KeyRefused):
        decode_key_set(attack)
