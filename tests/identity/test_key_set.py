"""A region's keys under its root: what counts, and every way in which a set does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

import cose
from cose import ED25519, Ed25519Signer, KeyRefused, kid_of, sign1
from identity import ASSERTION, REQUEST, Trust
from identity.errors import TokenRefused
from identity.key_set import (
    KEY_SET,
    LIFETIME,
    LIMIT,
    KeySet,
    read_key_set,
    root_record,
    sign_key_set,
)
from identity.trust import SEALING
from tests.identity.regions import GX, GX_KEYS, GX_SEALING, GX_SIGNER, NOW, SECOND, record

ROOT = Ed25519Signer(bytes([7]) * 32)
OTHER_ROOT = Ed25519Signer(bytes([8]) * 32)
KEYS = KeySet(
    issuer=GX,
    serial=5,
    issued_at=NOW,
    expires_at=NOW + LIFETIME,
    origin="log.gx.example",
    records=GX_KEYS,
)
TOKEN = sign_key_set(KEYS, ROOT)
SMALL_ORDERS = [
    bytes(32),
    bytes([1]) + bytes(31),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]


def read(token, *, roots=(ROOT,), now=NOW, **how):
    known = [root_record(root.public_key) for root in roots]
    return read_key_set(token, issuer=how.pop("issuer", GX), roots=known, now=now, **how)


def signed(claims, root=ROOT, typ=KEY_SET):
    return sign1(root, typ=typ, payload=cose.encode(claims))


def claims_of(token):
    return cose.decode(cose.Sign1.parse(token, limit=LIMIT).payload or b"")


def test_what_the_root_signed_is_what_is_read():
    assert read(TOKEN) == KEYS
    assert read(TOKEN, after=4) == KEYS


def test_a_set_counts_until_it_expires_and_a_minute_of_skew():
    end = KEYS.expires_at + timedelta(seconds=60)

    assert read(TOKEN, now=end - SECOND)
    with pytest.raises(TokenRefused, match="expired"):
        read(TOKEN, now=end)


@pytest.mark.parametrize("serial", [5, 6])
def test_a_set_that_goes_back_is_refused(serial):
    with pytest.raises(TokenRefused, match="goes back"):
        read(TOKEN, after=serial)


def test_a_set_signed_by_another_root_is_refused():
    with pytest.raises(TokenRefused, match="not signed by a root of this region"):
        read(sign_key_set(KEYS, OTHER_ROOT))


def test_a_set_signed_by_a_key_of_the_region_itself_is_refused():
    with pytest.raises(TokenRefused, match="not signed by a root of this region"):
        read(sign_key_set(KEYS, GX_SIGNER))


def test_a_set_that_names_the_root_and_is_signed_by_another_is_refused():
    headers = cose.encode({1: ED25519, 4: kid_of(ROOT.public_key), 16: KEY_SET})
    payload = cose.encode(claims_of(TOKEN))
    signature = OTHER_ROOT.sign(cose.encode(["Signature1", headers, b"", payload]))
    forged = b"\xd2" + cose.encode([headers, {}, payload, signature])

    with pytest.raises(TokenRefused, match="the signature is not of this key"):
        read(forged)


def test_another_regions_set_is_refused_even_under_the_same_root():
    with pytest.raises(TokenRefused, match="another region"):
        read(TOKEN, issuer="CN-HN")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({6: int((NOW + timedelta(minutes=2)).timestamp())}, "issued in the future"),
        ({4: int((NOW + LIFETIME).timestamp()) + 1}, "longer than we grant"),
        ({4: int(NOW.timestamp())}, "longer than we grant"),
        ({-70034: 0}, "not of its form"),
        ({-70034: -1}, "not of its form"),
        ({-70034: True}, "not of its form"),
        ({-70035: b"\x80"}, "at least one key"),
        ({-70035: b"\xa0"}, "at least one key"),
        ({99: 1}, "not the claims of a set"),
    ],
)
def test_a_root_cannot_sign_what_is_no_set(changes, why):
    with pytest.raises(TokenRefused, match=why):
        read(signed(claims_of(TOKEN) | changes))


@pytest.mark.parametrize("label", [1, 4, 6, -70034, -70035, -70036])
def test_no_claim_of_a_set_may_be_missing(label):
    claims = claims_of(TOKEN)
    del claims[label]

    with pytest.raises(TokenRefused, match="not the claims of a set"):
        read(signed(claims))


@pytest.mark.parametrize("typ", [ASSERTION.typ, "application/cwt", ""])
def test_a_token_of_another_kind_is_no_set(typ):
    with pytest.raises(TokenRefused, match="another kind"):
        read(signed(claims_of(TOKEN), typ=typ))


def test_a_set_longer_than_an_entry_is_not_even_decoded():
    with pytest.raises(TokenRefused, match="at most"):
        read(TOKEN + bytes(LIMIT))


def test_a_key_whose_kid_does_not_follow_from_it_refuses_the_set():
    keys = cose.decode(claims_of(TOKEN)[-70035])
    keys[0][2] = bytes(8)

    with pytest.raises(TokenRefused, match="kid"):
        read(signed(claims_of(TOKEN) | {-70035: cose.encode(keys)}))


@pytest.mark.parametrize("point", SMALL_ORDERS)
def test_a_key_of_small_order_refuses_the_set(point):
    keys = cose.decode(claims_of(TOKEN)[-70035])
    keys[0] |= {-2: point, 2: kid_of(point)}

    with pytest.raises(TokenRefused, match="prime-order"):
        read(signed(claims_of(TOKEN) | {-70035: cose.encode(keys)}))


@pytest.mark.parametrize("point", SMALL_ORDERS)
def test_a_root_of_small_order_is_not_enrolled(point):
    with pytest.raises(KeyRefused):
        root_record(point)


def test_a_root_that_is_to_sign_anything_else_refuses_the_set():
    both = record(OTHER_ROOT, KEY_SET, REQUEST.typ)

    with pytest.raises(TokenRefused, match="may sign nothing else"):
        sign_key_set(replace(KEYS, records=(*GX_KEYS, both)), ROOT)


def test_a_root_is_announced_by_the_one_before_it():
    following = root_record(OTHER_ROOT.public_key)
    announced = read(sign_key_set(replace(KEYS, records=(*GX_KEYS, following)), ROOT))

    assert announced.roots == (following,)
    assert read(sign_key_set(replace(KEYS, serial=6), OTHER_ROOT), roots=(OTHER_ROOT,))


def test_no_root_is_ever_trusted_with_a_token():
    following = root_record(OTHER_ROOT.public_key)
    keys = replace(KEYS, records=(*GX_KEYS, following))

    trust = Trust({GX: keys.leased(NOW + timedelta(days=1), {REQUEST.typ})})

    with pytest.raises(TokenRefused):
        trust.find(GX, following.kid, KEY_SET)


def test_keys_end_with_their_lease_and_at_the_latest_with_their_set():
    day, year = NOW + timedelta(days=1), NOW + timedelta(days=365)
    bounded = {ASSERTION.typ, SEALING}

    (signing, box), (later, _) = KEYS.leased(day, bounded), KEYS.leased(year, bounded)

    assert signing.expires == box.expires == day
    assert later.expires == min(GX_KEYS[0].expires, KEYS.expires_at)
    assert KEYS.leased(day, {"another use"}) == KEYS.records


def test_keys_that_live_longer_than_their_set_end_with_it():
    week, month = NOW + timedelta(days=7), NOW + timedelta(days=30)
    keys = replace(KEYS, expires_at=week)

    leased = keys.leased(month, {ASSERTION.typ, SEALING})

    assert [each.expires for each in keys.records] == [month, month]
    assert [each.expires for each in leased] == [week, week]


def test_a_sealing_key_stands_in_the_set_beside_the_others():
    assert GX_SEALING.kid in {each.kid for each in read(TOKEN).records}
