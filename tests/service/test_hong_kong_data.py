"""Whose data are Hong Kong's is the same to what asks about people and to what hands over."""

import pytest

from identity import policy
from identity.documents import Document
from ledger.agreements import check_may_pass, is_from_hong_kong
from ledger.errors import CommandRejected

NUMBERS = ("810000199001010019", "820000199001010029", "H12345678", "M12345678", "A123456(3)")


@pytest.mark.parametrize("kind", Document)
@pytest.mark.parametrize("number", NUMBERS)
def test_both_policies_say_the_same_of_every_document(kind, number):
    claims = {"document_type": str(kind), "document_number": number}

    assert is_from_hong_kong("CN-GX", claims) is policy.is_from_hong_kong(claims)


def test_whoever_vouched_data_of_hong_kong_stay_within_the_contract():
    resident = {"document_type": "residence_permit", "document_number": "810000199001010019"}
    at_the_counter = is_from_hong_kong("CN-GX", resident)

    check_may_pass(from_hong_kong=at_the_counter, region="CN-GD", basis="gba-contract")
    check_may_pass(from_hong_kong=at_the_counter, region="CN-FJ", basis="consent")
    with pytest.raises(CommandRejected, match="Hong Kong"):
        check_may_pass(from_hong_kong=at_the_counter, region="CN-FJ", basis="duty")


def test_others_are_handed_over_as_a_duty():
    resident = {"document_type": "resident_identity", "document_number": "459999199003070025"}

    others = is_from_hong_kong("CN-GX", resident)

    check_may_pass(from_hong_kong=others, region="CN-FJ", basis="duty")
    with pytest.raises(CommandRejected, match="contract"):
        check_may_pass(from_hong_kong=others, region="CN-GD", basis="gba-contract")
