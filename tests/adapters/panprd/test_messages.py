"""Messages between regions: who reads them, and what is refused before anybody does."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.panprd.acks import ACK, Ack, read_ack, write_ack
from adapters.panprd.messages import MESSAGE, MESSAGE_LIMIT, read_message
from adapters.panprd.parcels import BODY_LIMIT, Evidenced
from cose import Sign1, decode, encode, sign1
from identity import Trust
from identity.errors import TokenRefused
from ledger.errors import EntryTooLarge
from ledger.ports import Message
from tests.adapters.panprd.letters import (
    ABOUT,
    GD,
    GD_BOX,
    GD_SIGNER,
    GX,
    GX_BOX,
    GX_SIGNER,
    HN,
    MESSAGE_TEXT,
    NOW,
    TRUST,
    boxing,
    sealed,
    sealer,
    signing,
)

GOLDEN = bytes.fromhex(
    "d284582ca30132044801565176601c895c10781c6170706c69636174696f6e2f707072642d6d6573"
    "736167652b637774a058f6a80165434e2d47580365434e2d4744061a69a50b400750636363636363"
    "636363636363636363633a000111a1013a000111a2756170706c69636174696f6e2e666f72776172"
    "6465643a000111a3500190c3c80000700080000000000000013a000111a58248239b21394080987e"
    "5887409d7fe4c2451957538a4934bcba508a2b2dec49720100f0b2c90f1d1e4d774c7f20f305bd53"
    "9128dd6e1dd89a7f3d20f73fd73a84dbae6e15f2a4c48365bb99ce56bbfef315caee403459d88f99"
    "e068aeecaf41d827ef2a1a952449184a4074262b3e213f554a69208058a65a74d76661797c942068"
    "1a73a926bdc24b704a402d6225eadab22c5840a1502a84823e0990a8513c4350b67c11ea780175b4"
    "50cf46b489c1675628915d701480d322e62e72abf456778bd113191d7188ea1009f3be3927b98562"
    "1d3f03"
)
ACK_OF_GD = Ack(
    issuer=GD,
    audience=GX,
    issued_at=NOW,
    sequence=7,
    digest=b"d" * 32,
    position=41,
    entry=b"e" * 32,
)
GOLDEN_ACK = bytes.fromhex(
    "d2845828a301320448dd2fb4e18b5e1ce31078186170706c69636174696f6e2f707072642d61636b"
    "2b637774a05870a70165434e2d47440365434e2d4758061a69a50b403a000111a1073a000111a658"
    "2064646464646464646464646464646464646464646464646464646464646464643a000111a71829"
    "3a000111a85820656565656565656565656565656565656565656565656565656565656565656558"
    "40900f4f44d1382135bc6bfe62a61c2c12061467e2ac55fa463991b54cd829acad00d3ec21354c18"
    "0024030fb5c20f36719330c09d3120684ee35907f2d4eee304"
)


def altered(token=None, signer=GX_SIGNER, typ=MESSAGE, without=(), **changes):
    """The token with other claims, properly signed again."""
    claims = decode(Sign1.parse(token or sealed(), limit=MESSAGE_LIMIT).payload or b"")
    for label, value in changes.items():
        claims[int(label.replace("_", "-"))] = value
    for label in without:
        del claims[label]
    return sign1(signer, typ=typ, payload=encode(claims))


def test_a_message_is_read_by_whom_it_is_for():
    token = sealed(sequence=2, previous=b"p" * 32)

    letter = read_message(token, TRUST, GD)

    assert letter.digest == sha256(token).digest()
    assert (letter.claims.issuer, letter.claims.sequence) == (GX, 2)
    assert letter.claims.previous == b"p" * 32
    letter.check_logged(NOW, now=NOW)
    assert letter.open([GD_BOX]) == MESSAGE_TEXT


def test_a_message_of_long_ago_is_read_like_any_other():
    letter = read_message(GOLDEN, TRUST, GD)

    assert letter.claims.about == ABOUT
    assert letter.open([GX_BOX, GD_BOX]) == MESSAGE_TEXT
    assert len(GOLDEN) == 363


def test_nothing_of_the_content_is_in_the_token_or_a_repr():
    token = sealed()
    letter = read_message(token, TRUST, GD)

    shown = repr((letter, letter.claims, letter.open([GD_BOX])))
    for secret in ("甲某某", "food-operation"):
        assert secret.encode() not in token
        assert secret not in shown


@pytest.mark.parametrize(
    ("token", "why"),
    [
        pytest.param(altered(**{"3": HN}), "audience", id="to another region"),
        pytest.param(altered(**{"1": GD}), "no key", id="another region's kid"),
        pytest.param(altered(**{"1": HN}), "no key", id="from a region nobody knows"),
        pytest.param(altered(signer=GD_SIGNER), "no key", id="signed by another region"),
        pytest.param(altered(typ=ACK), "typ", id="called an acknowledgement"),
        pytest.param(altered(**{"_70050": 0}), "form", id="of sequence 0"),
        pytest.param(altered(**{"_70050": 2}), "chain", id="the second, after none"),
        pytest.param(altered(**{"_70053": b"p" * 32}), "chain", id="the first, after another"),
        pytest.param(altered(**{"4": 99}), "not a map of", id="with an expiry"),
        pytest.param(altered(**{"_70054": [b"k" * 8]}), "pair", id="with half a box"),
        pytest.param(altered(without={6}), "issued_at is missing", id="of no time"),
        pytest.param(altered(without={-70052}), "about is missing", id="about nothing"),
        pytest.param(sealed()[:-1], "envelope", id="cut off"),
        pytest.param(sealed() + b"\0", "envelope", id="with a byte more"),
        pytest.param(b"", "envelope", id="empty"),
        pytest.param(bytes(MESSAGE_LIMIT + 1), "envelope", id="too long"),
    ],
)
def test_a_message_is_refused_that_is(token, why):
    with pytest.raises(TokenRefused, match=why):
        read_message(token, TRUST, GD)


def test_no_message_survives_the_change_of_any_byte():
    token = sealed()

    for place in range(len(token)):
        for bit in (1, 128):
            wrong = token[:place] + bytes([token[place] ^ bit]) + token[place + 1 :]
            with pytest.raises(TokenRefused):
                read_message(wrong, TRUST, GD)


@pytest.mark.parametrize(
    ("token", "why"),
    [
        pytest.param(
            altered(**{"7": b"d" * 16}), "another request or message", id="another cti"
        ),
        pytest.param(
            altered(sealed(by=sealer(issuer=HN, signer=GX_SIGNER)), **{"1": GX}),
            "another request or message",
            id="another issuer",
        ),
        pytest.param(altered(**{"_70054": [GX_BOX.kid, bytes(99)]}), "do not hold", id="a key"),
        pytest.param(altered(**{"_70054": [GD_BOX.kid, bytes(99)]}), "open", id="no box"),
    ],
)
def test_a_box_does_not_open_that_was_lifted_from(token, why):
    letter = read_message(token, TRUST, GD)

    with pytest.raises(TokenRefused, match=why):
        letter.open([GD_BOX])


@pytest.mark.parametrize(
    ("logged", "now", "why"),
    [
        (timedelta(minutes=2), timedelta(0), "logged in the future"),
        (timedelta(minutes=-2), timedelta(0), "issued after it was logged"),
        (timedelta(days=30), timedelta(days=30), "not valid"),
    ],
)
def test_the_time_at_which_it_was_logged_has_to_fit(logged, now, why):
    letter = read_message(sealed(), TRUST, GD)

    with pytest.raises(TokenRefused, match=why):
        letter.check_logged(NOW + logged, now=NOW + now)


def test_a_message_logged_before_its_key_was_revoked_holds_and_one_after_does_not():
    revoked = signing(GX_SIGNER, revoked_at=NOW + timedelta(hours=1))
    trust = Trust({GX: [revoked], GD: [boxing(GD_BOX)]})
    letter, later = read_message(sealed(), trust, GD), NOW + timedelta(days=3)

    letter.check_logged(NOW + timedelta(minutes=59), now=later)

    with pytest.raises(TokenRefused, match="not valid"):
        letter.check_logged(NOW + timedelta(hours=1), now=later)


def test_what_one_message_cannot_hold_is_not_sealed():
    for text, fits in (("x" * (MESSAGE_LIMIT - 4096), True), ("x" * MESSAGE_LIMIT, False)):
        message = Message(kind="application.forwarded", about=ABOUT, content={"text": text})
        if fits:
            assert len(sealed(message)) <= MESSAGE_LIMIT
        else:
            with pytest.raises(EntryTooLarge):
                sealed(message)


def test_a_message_is_not_sealed_to_a_region_without_a_key():
    with pytest.raises(TokenRefused, match="no key"):
        sealed(to=HN)


@given(
    st.dictionaries(
        st.text(max_size=8), st.integers(-(2**63), 2**63) | st.binary(max_size=40), max_size=5
    ),
    st.integers(1, 1 << 53),
)
@settings(max_examples=40)
def test_whatever_is_sealed_is_read_again(content, sequence):
    message = Message(kind="case.progressed", about=ABOUT, content=content)
    token = sealed(message, sequence=sequence, previous=None if sequence == 1 else bytes(32))

    assert read_message(token, TRUST, GD).open([GD_BOX]) == message


def test_an_acknowledgement_is_these_bytes_and_is_read_again():
    assert write_ack(GD_SIGNER, ACK_OF_GD) == GOLDEN_ACK
    assert read_ack(GOLDEN_ACK, TRUST, GX, now=NOW) == ACK_OF_GD


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (write_ack(GD_SIGNER, replace(ACK_OF_GD, audience=HN)), "audience"),
        (write_ack(GD_SIGNER, replace(ACK_OF_GD, issuer=GX)), "no key"),
        (
            write_ack(GD_SIGNER, replace(ACK_OF_GD, issued_at=NOW + timedelta(hours=1))),
            "future",
        ),
        (sealed(to=GX), "typ"),
        (GOLDEN_ACK + b"\0", "envelope"),
        (b"", "envelope"),
    ],
)
def test_an_acknowledgement_is_refused(token, why):
    with pytest.raises(TokenRefused, match=why):
        read_ack(token, TRUST, GX, now=NOW)


def test_an_acknowledgement_under_a_key_that_has_ended_is_refused():
    with pytest.raises(TokenRefused, match="not valid"):
        read_ack(GOLDEN_ACK, TRUST, GX, now=NOW + timedelta(days=31))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x83",
        encode([b"t", b"e"]),
        encode([b"t", b"e", b"r", b"more"]),
        encode([b"t", b"e", "r"]),
        encode({0: b"t"}),
        encode([b"t", b"e", b"r"]) + b"\0",
        bytes(BODY_LIMIT + 1),
    ],
)
def test_a_body_is_refused_that_is_not_a_token_an_entry_and_a_receipt(body):
    with pytest.raises(TokenRefused, match="body"):
        Evidenced.parse(body)


def test_a_body_is_read_as_it_was_written():
    body = Evidenced(token=b"t", entry=b"e", receipt=b"r")

    assert bytes(body) == bytes.fromhex("83417441654172")
    assert Evidenced.parse(bytes(body)) == body
