"""Every published COSE and CWT vector: what we compute alike, and why it is refused here.

Each envelope is refused on purpose, since no published one names a fully
specified algorithm, has its kid protected and says what kind of token it is.
What lies below is ours too: Sig_structures, signatures, and which of them are wrong.
"""

import json
from base64 import urlsafe_b64decode

import cbor2
import pytest

from cose import (
    ED25519,
    ESP256,
    CborRefused,
    EnvelopeRefused,
    Sign1,
    algorithm_of,
    decode,
    screen,
)
from cose.sign1 import to_be_signed
from tests.shared_data import SHARED, needs_shared

FOLDER = SHARED / "vectors"

LOOSE_KID = "headers other than the expected ones"
TAG = "not a COSE_Sign1 with tag 18"

# Why each is refused: what our refusal says, and what of the profile it offends first.
REFUSED_ON_PURPOSE = {
    "cose/eddsa-examples/eddsa-01": (TAG, "tag 98: a COSE_Sign of several signers"),
    "cose/eddsa-examples/eddsa-02": (TAG, "tag 98, and Ed448"),
    "cose/eddsa-examples/eddsa-sig-01": (LOOSE_KID, "-8, the kid unprotected, no typ"),
    "cose/eddsa-examples/eddsa-sig-02": (
        LOOSE_KID,
        "-8 for Ed448, the kid unprotected, no typ",
    ),
    "cose/sign1-tests/sign-fail-01": (TAG, "tag 998, as the vector means it"),
    "cose/sign1-tests/sign-fail-02": (LOOSE_KID, "-7, the kid unprotected, no typ"),
    "cose/sign1-tests/sign-fail-03": (LOOSE_KID, "alg -999, the kid unprotected, no typ"),
    "cose/sign1-tests/sign-fail-04": (LOOSE_KID, "alg as text, the kid unprotected, no typ"),
    "cose/sign1-tests/sign-fail-06": (LOOSE_KID, "-7, the kid unprotected, no typ"),
    "cose/sign1-tests/sign-fail-07": (LOOSE_KID, "-7, the kid unprotected, no typ"),
    "cose/sign1-tests/sign-pass-01": (LOOSE_KID, "alg unprotected"),
    "cose/sign1-tests/sign-pass-02": (LOOSE_KID, "-7, external data, the kid unprotected"),
    "cose/sign1-tests/sign-pass-03": (TAG, "no tag"),
    "cwt/A_3": (LOOSE_KID, "-7, no kid, no typ"),
    "cwt/A_4": (TAG, "tag 17: a MAC"),
    "cwt/A_5": (TAG, "tag 16: encrypted"),
    "cwt/A_6": (TAG, "tag 16: encrypted around a signed one"),
    "cwt/A_7": (TAG, "tag 17: a MAC over a float"),
}

# Those of one signer under a key we have an algorithm for, and whether the signature is good.
SIGNED = {
    "cose/eddsa-examples/eddsa-sig-01": True,
    "cose/sign1-tests/sign-fail-01": True,
    "cose/sign1-tests/sign-fail-02": False,
    "cose/sign1-tests/sign-fail-03": False,
    "cose/sign1-tests/sign-fail-04": False,
    "cose/sign1-tests/sign-fail-06": False,
    "cose/sign1-tests/sign-fail-07": False,
    "cose/sign1-tests/sign-pass-03": True,
    "cwt/A_3": True,
}
# Theirs is over a Sig_structure that ours never is: an empty map as protected, external data.
SIGNED_OTHERWISE = ["cose/sign1-tests/sign-pass-01", "cose/sign1-tests/sign-pass-02"]


def _read(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def _parts(vector):
    found = cbor2.loads(bytes.fromhex(vector["output"]["cbor"]))
    return getattr(found, "value", found)


def _key(vector):
    key = vector["input"]["sign0"]["key"]
    algorithm = ED25519 if key["kty"] == "OKP" else ESP256
    labels = "x" if algorithm == ED25519 else "xy"
    return algorithm_of(algorithm), b"".join(_coordinate(key, label) for label in labels)


def _coordinate(key, label):
    if f"{label}_hex" in key:
        return bytes.fromhex(key[f"{label}_hex"])
    return urlsafe_b64decode(key[label] + "=")


@needs_shared
def test_every_published_vector_is_in_the_table_and_no_other():
    published = {
        str(path.relative_to(FOLDER).with_suffix(""))
        for folder in ("cose", "cwt")
        for path in (FOLDER / folder).rglob("*.json")
    }

    assert published == REFUSED_ON_PURPOSE.keys()


@needs_shared
@pytest.mark.parametrize("name", REFUSED_ON_PURPOSE)
def test_a_published_envelope_is_refused_for_what_the_table_says(name):
    says, _reason = REFUSED_ON_PURPOSE[name]

    with pytest.raises(EnvelopeRefused, match=says):
        Sign1.parse(bytes.fromhex(_read(name)["output"]["cbor"]))


@needs_shared
@pytest.mark.parametrize("name", SIGNED)
def test_a_published_signature_is_as_good_as_its_vector_says(name):
    vector = _read(name)
    protected, _, payload, signature = _parts(vector)
    algorithm, public_key = _key(vector)

    screen(public_key, algorithm.number)
    verdict = algorithm.verify(public_key, to_be_signed(protected, payload), signature)

    assert verdict == SIGNED[name]
    assert not vector.get("fail") or not verdict or REFUSED_ON_PURPOSE[name][0] == TAG


@needs_shared
@pytest.mark.parametrize("name", [*SIGNED, *SIGNED_OTHERWISE])
def test_what_a_published_vector_signs_is_signed_so_by_its_key(name):
    vector = _read(name)
    covered = bytes.fromhex(vector["intermediates"]["ToBeSign_hex"])
    algorithm, public_key = _key(vector)
    signature = _parts(vector)[3]

    assert algorithm.verify(public_key, covered, signature)
    assert not algorithm.verify(public_key, covered + b"\0", signature)


@needs_shared
@pytest.mark.parametrize("name", [*SIGNED, *SIGNED_OTHERWISE])
def test_a_sig_structure_is_built_as_published(name):
    published = bytes.fromhex(_read(name)["intermediates"]["ToBeSign_hex"])

    context, protected, external, payload = decode(published)

    assert context == "Signature1"
    if name != "cose/sign1-tests/sign-pass-02":
        assert (to_be_signed(protected, payload), external) == (published, b"")


@needs_shared
@pytest.mark.parametrize("name", ["cwt/A_3", "cwt/A_4", "cwt/A_5"])
def test_the_claims_of_a_published_token_are_in_the_one_form(name):
    claims = decode(bytes.fromhex(_read(name)["input"]["plaintext_hex"]))

    assert claims[4] == 1444064944


@needs_shared
def test_the_published_claims_that_hold_a_float_are_refused():
    with pytest.raises(CborRefused):
        decode(bytes.fromhex(_read("cwt/A_7")["input"]["plaintext_hex"]))
