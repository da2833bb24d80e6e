"""The bundle an applicant keeps: whole it proves, with one bit changed it does not."""

from dataclasses import replace

import pytest

from cose import decode, encode
from ledger.transparency import (
    CHECKPOINT,
    CHECKS,
    RECEIPT,
    BundleRefused,
    LogKeys,
    add_cosignatures,
    cosign,
    inclusion_path,
    make_bundle,
    sign_checkpoint,
    verify_bundle,
)
from ledger.transparency.bundle import _digest
from tests.ledger.transparency.logs import (
    ENTRIES,
    ENTRY,
    HEAD,
    HEAD_RECORD,
    HEAD_SIGNER,
    INDEX,
    KEYS,
    NOW,
    ORIGIN,
    RECEIPT_RECORD,
    RECORDS,
    REGION,
    SIGNER,
    SIZE,
    STRANGER,
    STREAM,
    WITNESS_KEY,
    WITNESS_SIGNER,
    Nodes,
    checkpoint,
    receipt,
    record,
)

# Much of the same: what it passes through is covered by others.
pytestmark = pytest.mark.no_cover

RECEIPT_BYTES = receipt()
BUNDLE = make_bundle(entry=ENTRY, receipt=RECEIPT_BYTES, keys=RECORDS, checkpoint=HEAD)
PARTS = decode(BUNDLE)
BITS = range(len(BUNDLE) * 8)


def flipped(bit, data=BUNDLE):
    bent = bytearray(data)
    bent[bit // 8] ^= 1 << bit % 8
    return bytes(bent)


def bundle(**changes):
    """The bundle with some parts replaced, and its digest made to fit."""
    parts = {name: part for name, part in PARTS.items() if name != "digest"} | changes
    return encode(parts | {"digest": changes.get("digest", _digest(parts))})


@pytest.mark.parametrize("trusted", [KEYS, None])
def test_a_whole_bundle_proves_its_entry(trusted):
    proven = verify_bundle(BUNDLE, trusted)

    assert proven.entry == ENTRY
    assert (proven.receipt.log, proven.receipt.stream) == (ORIGIN, STREAM)
    assert (proven.receipt.size, proven.receipt.root) == (SIZE, checkpoint().root)
    assert proven.trusted is (trusted is not None)


def test_golden_bytes_of_a_bundle():
    assert list(PARTS) == ["form", "keys", "entry", "digest", "receipt", "checkpoint"]
    assert bundle() == BUNDLE
    assert PARTS["digest"].hex() == (
        "ef2689c2b5d9a4714da5daba1dcb17637c936d83118e9feeaf0b21e584d8b3ea"
    )


@pytest.mark.parametrize("trusted", [KEYS, None])
def test_no_bundle_with_one_bit_flipped_is_accepted(trusted):
    accepted = [bit for bit in BITS if _accepts(flipped(bit), trusted)]

    assert accepted == []


def _accepts(data, trusted):
    try:
        verify_bundle(data, trusted)
    except BundleRefused:
        return False
    return True


@pytest.mark.parametrize("part", ["entry", "receipt", "checkpoint"])
def test_what_is_signed_needs_no_digest_to_be_safe(part):
    bits = range(len(PARTS[part]) * 8)

    accepted = [
        bit for bit in bits if _accepts(bundle(**{part: flipped(bit, PARTS[part])}), None)
    ]

    assert accepted == []


@pytest.mark.parametrize("cut", [*range(1, 40), 300, len(BUNDLE)])
def test_a_bundle_cut_short_is_refused(cut):
    with pytest.raises(BundleRefused) as refused:
        verify_bundle(BUNDLE[:-cut])

    assert refused.value.check == "form"


LATER = make_bundle(
    entry=ENTRY,
    receipt=receipt(path=inclusion_path(INDEX, 7, Nodes()), checkpoint=checkpoint(7)),
    keys=RECORDS,
    checkpoint=HEAD,
)
FORKED = sign_checkpoint(replace(checkpoint(), root=bytes(32)), HEAD_SIGNER)
OTHER_LOG = sign_checkpoint(replace(checkpoint(), origin="other.example/log"), HEAD_SIGNER)
KEY_SET = PARTS["keys"]


@pytest.mark.parametrize(
    ("check", "attack"),
    [
        pytest.param("form", b"", id="nothing"),
        pytest.param("form", BUNDLE + b"\0", id="trailing bytes"),
        pytest.param("form", encode([]), id="an array"),
        pytest.param("form", encode({}), id="no parts"),
        pytest.param("form", encode(PARTS | {"more": b""}), id="a part more"),
        pytest.param("form", bundle(form=2), id="another form"),
        pytest.param("form", bundle(form=True), id="a form called true"),
        pytest.param("form", bundle(entry="text"), id="a part of another type"),
        pytest.param("form", bytes(262_145), id="larger than any bundle"),
        pytest.param("keys", bundle(keys=b""), id="no key set"),
        pytest.param("keys", bundle(keys=encode([])), id="no keys"),
        pytest.param("keys", bundle(keys=flipped(100, KEY_SET)), id="a bent key"),
        pytest.param("receipt", bundle(entry=ENTRIES[0]), id="another entry"),
        pytest.param("receipt", bundle(receipt=flipped(8)), id="another receipt"),
        pytest.param("receipt", bundle(checkpoint=OTHER_LOG), id="another log's checkpoint"),
        pytest.param("checkpoint", bundle(checkpoint=b""), id="no checkpoint"),
        pytest.param(
            "checkpoint",
            bundle(checkpoint=sign_checkpoint(checkpoint(), SIGNER)),
            id="a checkpoint under a key for receipts",
        ),
        pytest.param("agreement", LATER, id="a checkpoint of a later tree"),
        pytest.param("agreement", bundle(checkpoint=FORKED), id="a checkpoint of a fork"),
        pytest.param("digest", bundle(digest=bytes(32)), id="another digest"),
        pytest.param("digest", bundle(digest=b""), id="no digest"),
    ],
)
def test_a_refused_bundle_names_the_check_that_failed(check, attack):
    with pytest.raises(BundleRefused, match=f"^{check}: ") as refused:
        verify_bundle(attack)

    assert refused.value.check == check
    assert check in CHECKS


def test_a_forger_with_keys_of_their_own_is_refused_where_others_are_trusted():
    forged = make_bundle(
        entry=ENTRY,
        receipt=RECEIPT_BYTES,
        keys=(*RECORDS, record(STRANGER, RECEIPT, CHECKPOINT)),
        checkpoint=sign_checkpoint(checkpoint(), STRANGER),
    )

    assert not verify_bundle(forged).trusted
    with pytest.raises(BundleRefused) as refused:
        verify_bundle(forged, KEYS)

    assert refused.value.check == "keys"


def test_what_is_known_of_the_keys_now_counts_and_not_what_the_file_says():
    revoked = record(SIGNER, RECEIPT, revoked_at=NOW)

    with pytest.raises(BundleRefused) as refused:
        verify_bundle(BUNDLE, LogKeys(ORIGIN, (revoked, HEAD_RECORD)))

    assert refused.value.check == "receipt"
    assert verify_bundle(BUNDLE, LogKeys(ORIGIN, (*RECORDS, record(STRANGER, RECEIPT))))


def test_a_head_signed_with_a_key_not_of_its_time_is_refused():
    ended = record(HEAD_SIGNER, CHECKPOINT, expires=NOW)

    with pytest.raises(BundleRefused) as refused:
        verify_bundle(BUNDLE, LogKeys(ORIGIN, (RECEIPT_RECORD, ended)))

    assert refused.value.check == "checkpoint"


def test_a_known_witness_is_named_and_an_unknown_one_is_passed_over():
    line = cosign(checkpoint().text, REGION, WITNESS_SIGNER, NOW).line
    cosigned = add_cosignatures(HEAD, line.encode(), [WITNESS_KEY])
    data = bundle(checkpoint=cosigned)

    assert verify_bundle(data, KEYS, [WITNESS_KEY]).cosigned == {WITNESS_KEY: NOW.timestamp()}
    assert verify_bundle(data, KEYS).cosigned == {}


def test_the_keys_to_compare_with_the_published_ones_are_told():
    assert verify_bundle(BUNDLE).keys == KEYS
    assert verify_bundle(BUNDLE, KEYS).keys is KEYS


def test_what_an_entry_holds_is_not_shown():
    assert repr(ENTRY) not in repr(verify_bundle(BUNDLE))
