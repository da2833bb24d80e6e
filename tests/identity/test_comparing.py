"""What a register answers field by field, and when that confirms a person."""

import pytest

from identity.comparing import compare_fields, confirms
from identity.model import Answer

MATCH, PARTIAL = Answer.MATCH, Answer.PARTIAL
NO_MATCH, NOT_COMPARABLE = Answer.NO_MATCH, Answer.NOT_COMPARABLE
HELD = {"document_number": "A123456(3)", "name_zh": "陳樣本", "name_en": "CHAN SAMPLE"}


@pytest.mark.parametrize(
    ("believed", "field", "answer"),
    [
        ({"document_number": "ａ123456 (3)"}, "document_number", MATCH),
        ({"document_number": "A123456(4)"}, "document_number", NO_MATCH),
        ({"document_number": ""}, "document_number", NO_MATCH),
        ({"name_zh": "陈样本"}, "name_zh", MATCH),
        ({"name_zh": "CHAN SAMPLE"}, "name_zh", NOT_COMPARABLE),
        ({}, "name_zh", NOT_COMPARABLE),
        ({"birth_date": "1980-01-01"}, "birth_date", NOT_COMPARABLE),
        ({"shoe_size": "41"}, "shoe_size", NOT_COMPARABLE),
    ],
)
def test_a_field_is_answered(believed, field, answer):
    assert compare_fields(believed, HELD, [field]) == {field: answer}


def test_of_nobody_every_answer_is_as_of_somebody_different():
    believed = HELD | {"birth_date": "1980-01-01"}

    answers = compare_fields(believed, None, [*believed])

    assert answers == {
        "document_number": NO_MATCH,
        "name_zh": NO_MATCH,
        "name_en": NOT_COMPARABLE,
        "birth_date": NO_MATCH,
    }


@pytest.mark.parametrize(
    ("answers", "confirmed"),
    [
        ({"document_number": MATCH, "name_zh": MATCH}, True),
        ({"document_number": MATCH, "name_zh": MATCH, "name_en": NOT_COMPARABLE}, True),
        ({"document_number": MATCH, "name_zh": MATCH, "name_en": PARTIAL}, True),
        ({"document_number": MATCH, "name_en": MATCH, "name_zh": NO_MATCH}, False),
        ({"document_number": MATCH, "name_en": PARTIAL}, False),
        ({"document_number": MATCH}, False),
        ({"name_zh": MATCH}, False),
        ({"document_number": NOT_COMPARABLE, "name_zh": MATCH}, False),
        ({"document_number": MATCH, "name_zh": MATCH, "gender": NO_MATCH}, False),
        ({}, False),
    ],
)
def test_a_person_is_confirmed_by_number_and_name_and_no_contradiction(answers, confirmed):
    assert confirms(answers, "document_number") is confirmed
