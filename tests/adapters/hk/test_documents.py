import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hk.documents import Document, format_valid, hkid_check_character, permit_holder
from tests.shared_data import SHARED, needs_shared

HKID, PERMIT = Document.HKID, Document.MAINLAND_TRAVEL_PERMIT

bodies = st.from_regex(r"[A-Z]{1,2}[0-9]{6}", fullmatch=True)


def published(name: str) -> list[str]:
    vectors = json.loads((SHARED / "data/ids/vectors.json").read_bytes())
    numbers: list[str] = vectors[name]
    assert numbers
    return numbers


@needs_shared
def test_published_valid_identity_card_numbers_are_well_formed():
    for number in published("hkid_valid"):
        assert format_valid(HKID, number), number


@needs_shared
def test_published_invalid_identity_card_numbers_are_not():
    for number in published("hkid_invalid"):
        assert not format_valid(HKID, number), number


@pytest.mark.parametrize("number", ["A123456(3)", "G123456(A)", "L555555(0)", "AB987654(3)"])
def test_a_check_character_may_be_a_digit_or_an_a(number):
    assert format_valid(HKID, number)


@given(bodies, st.sampled_from("0123456789A"))
def test_one_check_character_fits_each_identity_card(body, other):
    right = hkid_check_character(body)

    assert format_valid(HKID, f"{body}({right})")
    assert format_valid(HKID, f"{body}({other})") == (other == right)


@given(bodies, st.integers(0, 5), st.integers(1, 9))
def test_one_digit_misread_is_noticed(body, place, by):
    at = len(body) - 6 + place
    misread = body[:at] + str((int(body[at]) + by) % 10) + body[at + 1 :]

    assert not format_valid(HKID, f"{misread}({hkid_check_character(body)})")


@pytest.mark.parametrize(
    "number",
    [
        "a123456(3)",
        "A123456(3) ",
        "A1234563",
        "A123456（3）",
        "A１23456(3)",
        "A123456(3)\n",
        "",
    ],
)
def test_an_identity_card_number_has_one_spelling(number):
    assert not format_valid(HKID, number)


@pytest.mark.parametrize("number", ["H12345678", "M12345678", "H1234567801"])
def test_a_travel_permit_has_eight_digits_and_two_more_on_older_cards(number):
    assert format_valid(PERMIT, number)


@pytest.mark.parametrize(
    "number", ["K12345678", "h12345678", "H1234567", "H123456789", "H12345678\n", "H１2345678"]
)
def test_other_travel_permit_numbers_are_not_well_formed(number):
    assert not format_valid(PERMIT, number)


def test_a_permits_type_is_never_guessed_from_its_shape():
    assert not format_valid(HKID, "H12345678")
    assert not format_valid(PERMIT, "A123456(3)")


def test_a_renewed_permit_belongs_to_the_same_holder():
    assert permit_holder("H1234567801") == permit_holder("H1234567802") == "H12345678"
