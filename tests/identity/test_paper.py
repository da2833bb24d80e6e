"""Codes on paper: small, nameless, and good only as they were printed."""

from dataclasses import replace
from datetime import timedelta

import base45  # type: ignore[import-untyped]
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from cose import encode, sign1
from identity import SEALING, Trust
from identity.errors import TokenRefused
from identity.paper import (
    LIFETIME,
    PAPER,
    PREFIX,
    PaperCode,
    issue_code,
    read_code,
    truncated_commitment,
)
from ledger.catalogue import load_catalogue
from tests.identity.regions import AT, GD, GX, GX_SIGNER, NOW, SECOND, STRANGER, record

KEY = record(GX_SIGNER, PAPER)
TRUST = Trust({GX: [KEY], GD: [record(STRANGER, PAPER)]})
CODE = PaperCode(
    issuer=GX,
    issued_at=NOW,
    expires_at=NOW + LIFETIME,
    cti=b"t" * 8,
    case_commitment=truncated_commitment(b"s" * 16, b"case-1"),
    purpose="gd.zhaoqing.food-operation-licence",
    result="granted",
)
WRITTEN = issue_code(CODE, GX_SIGNER)
GOLDEN = (
    "TB1:RRQH6BERKOE6S492-AJ/EFR3XSBHQET9EXVDGPCBWE-3E/:5RIC$L5P4F8CK:/C.70+M8QW5W5BC"
    "F3PMIA48BF3-%KB48879MWEMWEMWE9VE1009923V98BNVRRU8TOV4XS2QEQ100A92J8F83DI*5 8D:3E"
    "ZED:1DX.CV3ELX5I9EVKEBWE-3EIX5OED1$CKPC/E7360NQEM3DCEC7WE%UCE78:22FGNXW0PGU6F4S+"
    "PBQDBCA3GOSCCJ1JHZ337CLU4F53MZ1::A/U7YVN4SAFYB*W2B5WL.1PPJ87AT6D0:RL*F2RCINF50"
)
CLAIMS = {
    1: GX,
    4: AT + 86_400,
    6: AT,
    7: b"t" * 8,
    -70001: b"c" * 12,
    -70002: "p",
    -70004: "granted",
}


def read(written, *, trust=TRUST, at=NOW):
    return read_code(written, trust, now=at)


def bent(changes, *, without=(), typ=PAPER, signer=GX_SIGNER):
    claims = {k: v for k, v in {**CLAIMS, **changes}.items() if k not in without}
    return PREFIX + base45.b45encode(sign1(signer, typ=typ, payload=encode(claims))).decode()


def longer(by):
    return PREFIX + base45.b45encode(base45.b45decode(WRITTEN[4:]) + by).decode()


def test_a_code_says_what_was_decided():
    assert read(WRITTEN) == CODE
    assert read(bent({})).result == "granted"


def test_golden_text_of_a_code():
    assert WRITTEN.startswith("TB1:")
    assert read(GOLDEN) == CODE
    assert WRITTEN == GOLDEN


def test_a_code_of_every_item_fits_into_a_small_qr_code():
    for item in load_catalogue().all_current():
        code = replace(CODE, purpose=item.id, result="granted_on_commitment")

        qr = segno.make(issue_code(code, GX_SIGNER), error="l", boost_error=False, micro=False)

        assert qr.mode == "alphanumeric"
        assert int(qr.version) <= 10


def test_an_old_code_is_still_read_as_what_it_was():
    assert read(WRITTEN, at=NOW + timedelta(days=4_000)) == CODE


def test_a_code_of_a_key_that_ended_since_is_read_and_one_of_a_revoked_key_is_not():
    ended = record(GX_SIGNER, PAPER, expires=NOW + SECOND)
    revoked = record(GX_SIGNER, PAPER, revoked_at=NOW + timedelta(days=9))

    assert read(WRITTEN, trust=Trust({GX: [ended]}), at=NOW + timedelta(days=1)) == CODE
    # Whoever stole the key could date a code before that.
    with pytest.raises(TokenRefused, match=r"^trust"):
        read(WRITTEN, trust=Trust({GX: [revoked]}))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"not_before": NOW + SECOND}, id="before the key began"),
        pytest.param({"expires": NOW}, id="when the key had ended"),
    ],
)
def test_a_code_from_outside_its_keys_time_is_refused_whenever_it_is_read(changes):
    trust = Trust({GX: [record(GX_SIGNER, PAPER, **changes)]})

    for at in (NOW, NOW + timedelta(days=1)):
        with pytest.raises(TokenRefused, match="the key was not valid at this time"):
            read(WRITTEN, trust=trust, at=at)


@pytest.mark.parametrize(
    ("attack", "step"),
    [
        pytest.param("", "code", id="nothing"),
        pytest.param(WRITTEN[4:], "code", id="without its prefix"),
        pytest.param(WRITTEN.lower(), "code", id="in small letters"),
        pytest.param("HC1:" + WRITTEN[4:], "code", id="another prefix"),
        pytest.param(WRITTEN + "\n", "code", id="a line's end"),
        pytest.param(" " + WRITTEN, "code", id="a space before"),
        pytest.param(WRITTEN + "0", "envelope", id="a character more"),
        pytest.param(longer(b"\0"), "envelope", id="bytes more"),
        pytest.param(longer(b"")[:-2], "envelope", id="bytes fewer"),
        pytest.param("TB1:" + "0" * 10_000, "code", id="larger than its limit"),
        pytest.param("TB1:" + "É" * 9, "code", id="letters of no code"),
        pytest.param("TB1:" + ":::", "code", id="three characters beyond two bytes"),
        pytest.param(bent({}, typ="application/pprd-idv+cwt"), "typ", id="another kind"),
        pytest.param(bent({}, signer=STRANGER), "trust", id="another region's key"),
        pytest.param(bent({1: GD}), "trust", id="in another region's name"),
        pytest.param(bent({7: b"t" * 16}), "claims", id="a long id"),
        pytest.param(bent({-70001: b"c" * 32}), "claims", id="a whole commitment"),
        pytest.param(bent({-70004: ["granted"]}), "claims", id="a result as an array"),
        pytest.param(bent({2: "somebody"}), "claims", id="a subject"),
        pytest.param(bent({}, without={4}), "claims", id="no exp"),
        pytest.param(bent({4: AT + 180 * 86_400 + 1}), "times", id="more than 180 days"),
        pytest.param(bent({4: AT}), "times", id="no life"),
        pytest.param(bent({6: AT + 61, 4: AT + 99}), "times", id="of the future"),
    ],
)
def test_refused(attack, step):
    with pytest.raises(TokenRefused, match=f"^{step}"):
        read(attack)


@pytest.mark.parametrize("use", ["application/pprd-idv+cwt", SEALING])
def test_a_key_for_another_use_signs_no_codes(use):
    with pytest.raises(TokenRefused, match=r"^trust"):
        read(WRITTEN, trust=Trust({GX: [record(GX_SIGNER, use)]}))


@given(st.text(max_size=400))
def test_whatever_else_is_scanned_is_refused(text):
    with pytest.raises(TokenRefused):
        read(text)
    with pytest.raises(TokenRefused):
        read(PREFIX + text)
