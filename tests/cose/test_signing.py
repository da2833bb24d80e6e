"""Ed25519 as Wycheproof, RFC 8032 and the COSE examples know it."""

import json

import pytest

from cose import Ed25519Signer, KeyRefused, algorithm_of, verify_ed25519
from tests.shared_data import SHARED, needs_shared

WYCHEPROOF = SHARED / "vectors" / "ed25519" / "ed25519_test.json"
EXAMPLE = SHARED / "vectors" / "cose" / "eddsa-examples" / "eddsa-sig-01.json"
SEED = bytes(range(32))


def _wycheproof():
    if not WYCHEPROOF.exists():
        return
    for group in json.loads(WYCHEPROOF.read_text())["testGroups"]:
        for test in group["tests"]:
            yield pytest.param(group["publicKey"]["pk"], test, id=str(test["tcId"]))


@needs_shared
@pytest.mark.parametrize(("public_key", "test"), list(_wycheproof()))
def test_wycheproof_and_we_agree(public_key, test):
    verdict = verify_ed25519(
        bytes.fromhex(public_key), bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"])
    )

    assert verdict == (test["result"] == "valid")


@needs_shared
def test_the_published_cose_example_is_signed_alike():
    example = json.loads(EXAMPLE.read_text())
    key = example["input"]["sign0"]["key"]
    message = bytes.fromhex(example["intermediates"]["ToBeSign_hex"])
    signer = Ed25519Signer(bytes.fromhex(key["d_hex"]))

    signature = signer.sign(message)

    assert signer.public_key.hex() == key["x_hex"]
    assert signature.hex().upper() == example["output"]["cbor"][-128:]
    assert algorithm_of(-8).verify(signer.public_key, message, signature)


def test_golden_bytes_of_a_signature():
    signature = Ed25519Signer(SEED).sign(b"tongban")

    assert signature.hex() == (
        "f1660d097cdca218e5f3d74bcf331e5b4acbe498f64d7ba3ddcf60878a4c16c6"
        "60cee013b1eca47215b024fd0d1eced01d5f220ed8208036c5d0f1e63ed2cd00"
    )


def test_a_seed_of_another_length_is_refused():
    with pytest.raises(KeyRefused):
        Ed25519Signer(b"short")


@pytest.mark.parametrize("public_key", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_verifies_nothing(public_key):
    signature = Ed25519Signer(SEED).sign(b"tongban")

    assert not verify_ed25519(public_key, b"tongban", signature)


def test_a_key_with_a_byte_too_many_verifies_nothing():
    signer = Ed25519Signer(SEED)
    signature = signer.sign(b"tongban")

    assert not verify_ed25519(signer.public_key + b"\0", b"tongban", signature)


@pytest.mark.parametrize("length", [63, 65])
def test_a_signature_that_borrows_from_its_message_or_lends_to_it_is_refused(length):
    signer = Ed25519Signer(SEED)
    whole = signer.sign(b"tongban") + b"tongban"

    assert not verify_ed25519(signer.public_key, whole[length:], whole[:length])


def test_a_small_order_key_verifies_nothing():
    forged = bytes([1, *bytes(31)]) + bytes(32)

    assert not verify_ed25519(bytes([1, *bytes(31)]), b"anything", forged)


def test_a_signer_does_not_show_its_seed():
    signer = Ed25519Signer(SEED)

    assert SEED.hex() not in repr(signer)
    assert repr(SEED) not in repr(signer)
    assert not hasattr(signer, "__dict__")
