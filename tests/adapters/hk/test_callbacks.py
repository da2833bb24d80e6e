"""What a signed callback tells, and what is refused though it is signed."""

import pytest

from adapters.hk import wire
from identity.errors import (
    CallbackRefused,
    VerificationDeclined,
)
from identity.model import SteppedUp
from tests.adapters.hk.answering import CHAN, NOON, callback


def test_names_may_be_bare_and_a_birth_date_partial(rsa_key, reader):
    content = {"businessID": "c", "enName": "CHAN", "chName": "陳", "birthDate": "1950"}
    profile = reader.read_callback(*callback(rsa_key, content | {"idNo": CHAN}))

    assert profile.claims == {
        "document_type": "hkid",
        "document_number": "A123456(3)",
        "name_en": "CHAN",
        "name_zh": "陳",
    }


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"businessID": ""},
        {"businessID": 7},
        {"businessID": "c", "state": "d"},
        {"businessID": "c", "idNo": CHAN | {"CheckDigit": "4"}},
        {"businessID": "c", "idNo": {"Identification": "A123456"}},
        {"businessID": "c", "enName": "A" * 201},
        b"",
        b"[]",
        b'{"businessID":"\xff"}',
    ],
)
def test_a_signed_callback_with_malformed_content_is_refused(rsa_key, reader, content):
    with pytest.raises(CallbackRefused):
        reader.read_callback(*callback(rsa_key, content))


@pytest.mark.parametrize(
    "envelope",
    [
        {"content": None},
        {"content": ""},
        {"content": {"businessID": "c"}},
        {"secretKey": None},
        {"secretKey": ""},
        {"secretKey": "AAAA"},
        {"padding": "x" * wire.MAX_BODY},
    ],
)
def test_a_signed_callback_with_a_malformed_envelope_is_refused(rsa_key, reader, envelope):
    with pytest.raises(CallbackRefused):
        reader.read_callback(*callback(rsa_key, {"businessID": "c"}, **envelope))


def test_a_timed_out_callback_declines_its_transaction(rsa_key, reader):
    with pytest.raises(VerificationDeclined, match="timed out") as refusal:
        reader.read_callback(*callback(rsa_key, {"businessID": "c"}, code="D40003"))

    assert refusal.value.transaction == "c"


def test_an_address_may_be_an_object_and_is_then_left_out(rsa_key, reader):
    form = {"residentialAddress": {"Flat": "3"}, "postalAddress": "Nowhere"}
    told = {"businessID": "c", "eMEFields": form}

    assert reader.read_callback(*callback(rsa_key, told)).claims == {
        "postal_address": "Nowhere"
    }


@pytest.mark.parametrize("passed", [True, "true", "TRUE", "Y", "1"])
def test_a_step_up_that_went_well_says_so_in_several_ways(rsa_key, reader, passed):
    told = {"businessID": "c", "state": "c", "isPassed": passed}

    assert reader.read_callback(*callback(rsa_key, told)) == SteppedUp(transaction="c", at=NOON)


@pytest.mark.parametrize("passed", [False, "false", "N", "0", "", "maybe"])
def test_a_step_up_that_did_not_declines_its_transaction(rsa_key, reader, passed):
    with pytest.raises(VerificationDeclined, match="rejected") as refusal:
        reader.read_callback(*callback(rsa_key, {"businessID": "c", "isPassed": passed}))

    assert refusal.value.transaction == "c"


HASH_CODE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.mark.parametrize(
    "content",
    [
        {"isPassed": True, "hashCode": HASH_CODE},
        {"isPassed": True, "enName": "CHAN"},
        {"hashCode": HASH_CODE, "idNo": CHAN},
        {"hashCode": HASH_CODE, "signature": "AA=="},
        {"hashCode": HASH_CODE, "cert": "MA=="},
        {"hashCode": HASH_CODE, "signature": "AA==", "cert": "MA=="},
        {"hashCode": "", "signature": "AA==", "cert": "MA=="},
        {"hashCode": 7},
        {"isPassed": 1},
    ],
)
def test_a_signed_callback_that_answers_two_questions_or_none_well_is_refused(
    rsa_key, reader, content
):
    with pytest.raises(CallbackRefused):
        reader.read_callback(*callback(rsa_key, {"businessID": "c"} | content))
