"""A session as text: who may read it, for how long, and what is no session at all."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import pytest

from identity import REQUEST, SESSION, Session, Verifier, issue_session, read_session
from identity.errors import TokenRefused
from tests.identity.regions import (
    AT,
    GD,
    GD_SIGNER,
    NOW,
    PROVEN,
    SECOND,
    STRANGER,
    TRUST,
    ask,
    bend,
)

VERIFIER = Verifier(TRUST, GD)
GIVEN = Session(
    issuer=GD,
    subject="7f9c",
    audience=GD,
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=30),
    cti=b"s" * 16,
    role="agent",
    scopes=("cases:read", "cases:write"),
    assurance=PROVEN,
    channel="portal",
    principal="firm-1",
    verification="v-01",
)
BEARER = issue_session(GIVEN, GD_SIGNER)
TOKEN = urlsafe_b64decode(BEARER + "=" * (-len(BEARER) % 4))


def _text(token):
    return urlsafe_b64encode(token).rstrip(b"=").decode()


def _bent(changes, *, without=()):
    return _text(bend(TOKEN, GD_SIGNER, SESSION.typ, changes, without=without))


def test_a_session_is_read_back_as_it_was_issued():
    assert read_session(BEARER, VERIFIER, now=NOW).claims == GIVEN


def test_golden_bytes_of_a_session():
    assert TOKEN.hex() == (
        "d284582fa301320448dd2fb4e18b5e1ce310781f6170706c69636174696f6e2f"
        "746f6e6762616e2d73657373696f6e2b637774a0589dac0165434e2d47440264"
        "376639630365434e2d4744041a69a51248061a69a50b40075073737373737373"
        "7373737373737373733a00011197656167656e743a00011198826a6361736573"
        "3a726561646b63617365733a77726974653a0001119987026672656d6f746565"
        "434e2d4758f664706167651a69a50b40f63a0001119a66706f7274616c3a0001"
        "119c666669726d2d313a0001119d64762d3031584041b8e3e409e8dfd5918fce"
        "f89077a1f26170572c290422109ac12f66b44455c4b33fd8b3179f9a2992e970"
        "6509772c4919770605e3f4439691738f31ca195401"
    )


def test_a_session_without_authority_principal_or_verification_is_shorter_and_whole():
    bare = Session(
        issuer=GD, subject="clerk-1", audience=GD, issued_at=NOW, expires_at=NOW + SECOND,
        cti=b"s" * 16, role="clerk", scopes=(), assurance=PROVEN, channel="window",
        authority="gd.zhaoqing.market-regulation",
    )  # fmt: skip

    assert read_session(issue_session(bare, GD_SIGNER), VERIFIER, now=NOW).claims == bare


@pytest.mark.parametrize(
    "bearer",
    [
        pytest.param("", id="empty"),
        pytest.param(BEARER + "=", id="padded"),
        pytest.param(BEARER + "\n", id="a line end"),
        pytest.param(BEARER[:9] + " " + BEARER[9:], id="a space"),
        pytest.param(BEARER[:9] + "!" + BEARER[9:], id="a character to be skipped"),
        pytest.param(BEARER + "A", id="one character too many"),
        pytest.param(BEARER[:-1], id="one too few"),
        pytest.param(BEARER.replace("-", "+").replace("_", "/") + "+", id="the other alphabet"),
        pytest.param("é" * 8, id="not ASCII"),
        pytest.param("A" * 5463, id="too long"),
        pytest.param(_text(ask().token), id="a verification request"),
        pytest.param(_text(bend(ask().token, GD_SIGNER, REQUEST.typ, {3: GD})), id="for us"),
        pytest.param(_text(bend(TOKEN, STRANGER, SESSION.typ, {})), id="signed by a stranger"),
        pytest.param(_bent({3: "CN-GX"}), id="for another region"),
        pytest.param(_bent({4: AT + 3601}), id="granting itself more than we do"),
        pytest.param(_bent({6: AT - 3000, 4: AT - 60}), id="expired"),
        pytest.param(_bent({-70040: 1}), id="role as a number"),
        pytest.param(_bent({}, without={-70040}), id="no role"),
        pytest.param(_bent({-70041: "cases:read"}), id="scopes as text"),
        pytest.param(_bent({-70042: 0}), id="assurance below any"),
        pytest.param(_bent({-70042: 4}), id="assurance above any"),
        pytest.param(_bent({-70045: None}), id="principal null"),
        pytest.param(_bent({-70099: "admin"}), id="a claim we do not have"),
    ],
)
def test_refused(bearer):
    with pytest.raises(TokenRefused):
        read_session(bearer, VERIFIER, now=NOW)


def test_a_bearer_longer_than_any_token_is_refused_undecoded():
    with pytest.raises(TokenRefused, match="too long"):
        read_session("A" * 5463, VERIFIER, now=NOW)


def test_loose_bits_in_the_last_character_are_refused():
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    loose = BEARER[:-1] + alphabet[alphabet.index(BEARER[-1]) ^ 1]
    same = urlsafe_b64decode(loose + "=" * (-len(loose) % 4))

    with pytest.raises(TokenRefused, match="base64url"):
        read_session(loose, VERIFIER, now=NOW)

    assert same == TOKEN


def test_a_session_ends():
    end = GIVEN.expires_at + timedelta(seconds=60)

    assert read_session(BEARER, VERIFIER, now=end - SECOND)
    with pytest.raises(TokenRefused, match="expired"):
        read_session(BEARER, VERIFIER, now=end)


def test_a_session_is_used_many_times():
    assert VERIFIER.verify(TOKEN, SESSION, now=NOW).once == ()


def test_a_session_does_not_show_whose_it_is():
    assert "7f9c" not in repr(GIVEN)
    assert "firm-1" not in repr(GIVEN)
