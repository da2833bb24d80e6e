"""One request is taken; each thing TOKENS asks a verifier to refuse is refused by name."""

import math
from datetime import timedelta

import cbor2
import pytest

import cose
from cose import EDDSA_DEPRECATED, SEALED_BOX
from identity import ASSERTION, REQUEST, SESSION, SKEW, Trust, Verifier
from identity.errors import TokenRefused
from tests.identity.regions import (
    AT,
    CTI,
    GD,
    GD_KEYS,
    GD_SIGNER,
    GX,
    GX_KEYS,
    NONCE,
    NOW,
    SECOND,
    STRANGER,
    TRUST,
    ask,
    bend,
    claims_of,
    record,
    seal_envelope,
)

TOKEN = ask().token
VERIFIER = Verifier(TRUST, GX)
EXP, IAT, AUD = 4, 6, 3


def verify(token, *, at=NOW, trust=TRUST, kind=REQUEST):
    return Verifier(trust, GX).verify(token, kind, now=at)


def bent(changes=None, **how):
    return bend(TOKEN, GD_SIGNER, REQUEST.typ, changes or {}, **how)


def _as_payload(claims_hex):
    return seal_envelope(bytes.fromhex(claims_hex), GD_SIGNER, REQUEST.typ)


def _swapped(old, new):
    payload = cbor2.loads(TOKEN).value[2]
    return seal_envelope(payload.replace(old, new, 1), GD_SIGNER, REQUEST.typ)


def test_a_request_is_taken_with_the_keys_to_consume():
    verified = verify(TOKEN)

    assert verified.claims.issuer == GD
    assert verified.once == (f"cti:{GD}:{CTI.hex()}", f"nonce:{GD}:{NONCE.hex()}")


def test_a_token_bent_by_nothing_is_still_taken():
    assert verify(bent()).claims == verify(TOKEN).claims


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(TOKEN[1:], id="untagged"),
        pytest.param(b"\xd8\x62" + TOKEN[1:], id="tag 98 on four items"),
        pytest.param(b"\xd8\x3d" + TOKEN, id="61(18)"),
        pytest.param(b"\xd2" + TOKEN, id="nested"),
        pytest.param(TOKEN + b"\x00", id="trailing bytes"),
        pytest.param(TOKEN + b"\x00" * 4096, id="larger than its limit"),
        pytest.param(TOKEN[:-1], id="cut short"),
        pytest.param(bent(headers={1: -8}), id="-8 not in the key's record"),
        pytest.param(bent(headers={1: -9}), id="alg ESP256 over an Ed25519 key"),
        pytest.param(bent(headers={1: "EdDSA"}), id="alg as text"),
        pytest.param(bent(headers={2: [4]}), id="crit"),
        pytest.param(bent(headers={4: b"\0" * 8}), id="kid unknown"),
        pytest.param(bent(headers={4: GX_KEYS[0].kid}), id="kid of another issuer"),
        pytest.param(bent(headers={4: "../keys"}), id="kid as a path"),
        pytest.param(bent(headers={16: ASSERTION.typ}), id="a request offered as an assertion"),
        pytest.param(bent(headers={16: REQUEST.typ.upper()}), id="typ in another case"),
    ],
)
def test_refused_for_its_form_or_headers(attack):
    with pytest.raises(TokenRefused, match=r"envelope|typ|trust|signature"):
        verify(attack)


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(bent({EXP: math.nan}), id="exp not a number"),
        pytest.param(bent({EXP: math.inf}), id="exp infinite"),
        pytest.param(bent({EXP: AT + 300.0}), id="exp a float"),
        pytest.param(bent({EXP: 1 << 80}), id="exp a bignum"),
        pytest.param(bent({EXP: cbor2.CBORTag(1, AT + 300)}), id="exp under tag 1"),
        pytest.param(bent({EXP: str(AT + 300)}), id="exp as text"),
        pytest.param(bent({EXP: True}), id="exp a boolean"),
        pytest.param(bent({EXP: -1}), id="exp before 1970"),
        pytest.param(bent({EXP: 1 << 40}), id="exp after the year 3000"),
        pytest.param(bent({EXP: None}), id="exp null"),
        pytest.param(bent({IAT: float(AT)}), id="iat a float"),
        pytest.param(bent({5: AT}), id="a claim this token does not have"),
        pytest.param(bent({"exp": AT}), id="a claim under a name"),
        pytest.param(bent({AUD: [GX]}), id="aud an array"),
        pytest.param(bent({7: b"c" * 15}), id="cti too short"),
        pytest.param(bent({7: "c" * 16}), id="cti as text"),
        pytest.param(bent({10: b"n" * 17}), id="nonce too long"),
        pytest.param(bent({-70001: b"c" * 31}), id="case commitment too short"),
        pytest.param(bent({-70002: ""}), id="purpose empty"),
        pytest.param(bent({-70002: "p" * 129}), id="purpose too long"),
        pytest.param(bent({-70005: []}), id="no fields"),
        pytest.param(bent({-70005: ["a", "a"]}), id="a field twice"),
        pytest.param(bent({-70005: [str(n) for n in range(17)]}), id="too many fields"),
        pytest.param(bent({-70005: "ab"}), id="fields as text"),
        pytest.param(bent({-70006: [b"k" * 8]}), id="no box"),
        pytest.param(bent({-70006: {0: b"k" * 8, 1: b"b" * 48}}), id="a box as a map"),
        pytest.param(bent({-70006: None}), id="a box that is null"),
        pytest.param(bent({-70006: [b"k" * 8, b"b" * 47]}), id="a box too small"),
        pytest.param(bent({-70006: [b"k" * 8, b"b" * 2049]}), id="a box too large"),
        pytest.param(_swapped(b"\x04\x1a", b"\x04\x1b\0\0\0\0"), id="exp not shortest"),
        pytest.param(_swapped(b"\x06\x1a", b"\x04\x1a"), id="exp twice"),
        pytest.param(_as_payload("80"), id="an array"),
        pytest.param(_as_payload("a0"), id="no claims"),
        pytest.param(_as_payload("a2018001"), id="claims cut short"),
        pytest.param(_as_payload(""), id="nothing"),
        pytest.param(_as_payload("d2" + cbor2.loads(TOKEN).value[2].hex()), id="tagged claims"),
        pytest.param(_as_payload("81" * 2000), id="nested without end"),
    ],
)
def test_refused_for_its_claims(attack):
    with pytest.raises(TokenRefused, match="claims"):
        verify(attack)


@pytest.mark.parametrize("label", sorted(claims_of(TOKEN)))
def test_a_missing_claim_is_refused(label):
    with pytest.raises(TokenRefused, match="missing"):
        verify(bent(without={label}))


@pytest.mark.parametrize("audience", ["CN-G", "CN-GXX", "cn-gx", "CN-GD", "CN-GX "])
def test_another_audience_is_refused(audience):
    with pytest.raises(TokenRefused, match="audience"):
        verify(bent({AUD: audience}))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({IAT: AT + 61, EXP: AT + 300}, "future", id="iat beyond skew"),
        pytest.param({IAT: AT - 360, EXP: AT - 60}, "expired", id="expired beyond skew"),
        pytest.param({EXP: AT + 301}, "life", id="a longer life than we grant"),
        pytest.param({IAT: AT, EXP: AT}, "life", id="no life at all"),
        pytest.param({IAT: AT + 10, EXP: AT + 9}, "life", id="exp before iat"),
    ],
)
def test_refused_for_its_times(changes, why):
    with pytest.raises(TokenRefused, match=why):
        verify(bent(changes))


@pytest.mark.parametrize(
    "changes",
    [{IAT: AT + 60, EXP: AT + 360}, {IAT: AT - 359, EXP: AT - 59}, {IAT: AT, EXP: AT + 300}],
    ids=["iat at the skew", "exp at the skew", "the whole life we grant"],
)
def test_times_at_their_bounds_are_taken(changes):
    assert verify(bent(changes))


def test_expiry_is_judged_at_the_time_given_and_not_by_a_clock():
    last = NOW + REQUEST.lifetime + SKEW

    assert verify(TOKEN, at=last - SECOND)
    with pytest.raises(TokenRefused, match="expired"):
        verify(TOKEN, at=last)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([record(STRANGER, REQUEST.typ)], id="another key"),
        pytest.param([record(GD_SIGNER, SESSION.typ)], id="a key for another use"),
        pytest.param([record(GD_SIGNER, REQUEST.typ, revoked_at=NOW)], id="revoked"),
        pytest.param([record(GD_SIGNER, REQUEST.typ, expires=NOW)], id="expired"),
        pytest.param(
            [record(GD_SIGNER, REQUEST.typ, not_before=NOW + SECOND)], id="not valid yet"
        ),
        pytest.param(
            [record(GD_SIGNER, REQUEST.typ, algorithm=EDDSA_DEPRECATED)], id="recorded for -8"
        ),
        pytest.param([], id="no key"),
    ],
)
def test_refused_for_the_record_of_its_key(keys):
    with pytest.raises(TokenRefused, match=r"trust|signature"):
        verify(TOKEN, trust=Trust({GD: keys, GX: GX_KEYS}))


def test_a_signature_from_before_the_revocation_counts_when_judged_at_its_own_time():
    trust = Trust({GD: [record(GD_SIGNER, REQUEST.typ, revoked_at=NOW + timedelta(days=1))]})

    assert verify(TOKEN, trust=trust)


def test_what_was_verified_before_counts_on_with_its_key():
    VERIFIER.check_still(verify(TOKEN), REQUEST, now=NOW + SECOND)


def _under_the_same_kid(signer):
    other = record(signer, REQUEST.typ)
    object.__setattr__(other, "kid", GD_KEYS[0].kid)
    return other


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(record(GD_SIGNER, REQUEST.typ, expires=NOW + SECOND), id="expired"),
        pytest.param(record(GD_SIGNER, REQUEST.typ, revoked_at=NOW + SECOND), id="revoked"),
        pytest.param(_under_the_same_kid(STRANGER), id="exchanged"),
    ],
)
def test_what_was_verified_before_counts_no_more_than_its_key(key):
    verified, trust = verify(TOKEN), Trust({GD: [key], GX: GX_KEYS})

    with pytest.raises(TokenRefused, match="the key is not valid at this time"):
        Verifier(trust, GX).check_still(verified, REQUEST, now=NOW + SECOND)


def test_one_issuer_cannot_sign_for_another():
    lie = bend(TOKEN, STRANGER, REQUEST.typ, {})
    trust = Trust({GD: GD_KEYS, GX: [record(STRANGER, REQUEST.typ)]})

    with pytest.raises(TokenRefused, match="trust"):
        verify(lie, trust=trust)


def test_a_key_that_seals_cannot_sign():
    sealing = record(GD_SIGNER, REQUEST.typ, algorithm=SEALED_BOX)

    with pytest.raises(TokenRefused, match="trust"):
        verify(TOKEN, trust=Trust({GD: [sealing]}))


def test_one_bit_changed_anywhere_is_refused():
    for position in range(len(TOKEN)):
        damaged = bytearray(TOKEN)
        damaged[position] ^= 1

        with pytest.raises(TokenRefused):
            verify(bytes(damaged))


def test_a_refusal_does_not_repeat_what_the_token_said():
    with pytest.raises(TokenRefused) as refused:
        verify(bent({-70002: "secret" * 40}))

    assert "secret" not in str(refused.value)


def test_the_claims_are_written_in_one_way():
    assert cose.encode(claims_of(TOKEN)) == cbor2.loads(TOKEN).value[2]
