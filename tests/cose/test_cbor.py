"""One value has one encoding, and nothing but that encoding is taken."""

import json
import math
import re
from datetime import UTC, datetime
from enum import StrEnum

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cose import CborRefused, decode, decode_trusted, encode
from tests.shared_data import SHARED, needs_shared

APPENDIX_A = SHARED / "vectors" / "cbor" / "appendix_a.json"

# What RFC 8949 allows and our profile does not, by the first byte of the item.
REFUSED_ON_PURPOSE = {
    "tags": re.compile("c|d"),
    "floats": re.compile("f9|fa|fb"),
    "undefined and simple values": re.compile("f7|f0|f8"),
    "indefinite lengths": re.compile("5f|7f|9f|bf|8.*(9f|bf).*ff"),
}


class Colour(StrEnum):
    RED = "red"


WHOLE = st.integers(-(2**64), 2**64 - 1)
KEYS = WHOLE | st.text(max_size=30) | st.binary(max_size=30)
ATOMS = st.none() | st.booleans() | WHOLE | st.text() | st.binary()
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
VALUES_BY_NAME = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=9),
    max_leaves=12,
)


def _published():
    return json.loads(APPENDIX_A.read_text()) if APPENDIX_A.exists() else []


def _reason(vector):
    return next((why for why, start in REFUSED_ON_PURPOSE.items() if start.match(vector)), None)


@needs_shared
@pytest.mark.parametrize("vector", [v["hex"] for v in _published() if not _reason(v["hex"])])
def test_a_published_vector_within_our_profile_is_taken_and_given_back(vector):
    value = decode(bytes.fromhex(vector))

    assert encode(value).hex() == vector


@needs_shared
@pytest.mark.parametrize("vector", [v["hex"] for v in _published() if _reason(v["hex"])])
def test_a_published_vector_outside_our_profile_is_refused(vector):
    with pytest.raises(CborRefused):
        decode(bytes.fromhex(vector))


@needs_shared
def test_the_published_vectors_split_as_we_mean_them_to():
    taken = [v for v in _published() if not _reason(v["hex"])]

    assert (len(_published()), len(taken)) == (82, 37)


@given(VALUES)
def test_what_is_encoded_is_decoded_again(value):
    assert decode(encode(value)) == value


@given(VALUES_BY_NAME)
def test_where_all_keys_are_text_a_published_encoder_agrees(value):
    assert encode(value) == cbor2.dumps(value, canonical=True)


@given(st.dictionaries(KEYS, st.none(), max_size=8))
def test_keys_stand_in_bytewise_order_whatever_order_they_came_in(value):
    backwards = dict(reversed(value.items()))

    keys = [cbor2.dumps(key) for key in decode_trusted(encode(value))]

    assert encode(backwards) == encode(value)
    assert keys == sorted(keys)


@given(st.binary(max_size=40))
def test_whatever_is_taken_is_its_own_encoding(data):
    try:
        value = decode(data)
    except CborRefused:
        return

    assert encode(value) == data


def test_a_tuple_is_written_as_an_array():
    assert encode((1, ("a",))) == encode([1, ["a"]])


@pytest.mark.parametrize("edge", [23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32])
def test_lengths_and_numbers_take_the_fewest_bytes(edge):
    for number in (edge, -1 - edge):
        assert encode(number) == cbor2.dumps(number)
    if edge <= 65_536:
        assert encode(b"x" * edge) == cbor2.dumps(b"x" * edge)


def test_golden_bytes_of_a_map_where_length_first_order_would_differ():
    given = {-1: b"\x01", 395: "水", 4: [True, None, -70001]}

    assert encode(given).hex() == "a30483f5f63a00011170" + "19018b63e6b0b4" + "204101"


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param("0000", id="trailing bytes"),
        pytest.param("", id="nothing"),
        pytest.param("8201", id="an array cut short"),
        pytest.param("1801", id="a number that is not shortest"),
        pytest.param("580161", id="a length that is not shortest"),
        pytest.param("a2010001 00".replace(" ", ""), id="a key twice"),
        pytest.param("a20100180100", id="a key twice, once not shortest"),
        pytest.param("a20100f93c0000", id="a key as 1 and as 1.0"),
        pytest.param("a20100f500", id="a key as 1 and as true"),
        pytest.param("a1f500", id="true as a key"),
        pytest.param("a1800000", id="an array as a key"),
        pytest.param("a2020001 00".replace(" ", ""), id="keys out of order"),
        pytest.param("a220000400", id="keys length-first and not bytewise"),
        pytest.param("9fff", id="an indefinite array"),
        pytest.param("5f4101ff", id="indefinite bytes"),
        pytest.param("bf0100ff", id="an indefinite map"),
        pytest.param("f93c00", id="a float"),
        pytest.param("f97e00", id="not a number"),
        pytest.param("f97c00", id="infinity"),
        pytest.param("f7", id="undefined"),
        pytest.param("c249010000000000000000", id="a bignum"),
        pytest.param("c24101", id="a small bignum"),
        pytest.param("c100", id="a time by tag"),
        pytest.param("d9d9f700", id="the tag that says CBOR"),
        pytest.param("d8236161", id="a regular expression"),
        pytest.param("d81c80", id="a shared reference"),
        pytest.param("9b00ffffffffffffff", id="an array longer than memory"),
        pytest.param("5b00ffffffffffffff", id="bytes longer than memory"),
        pytest.param("62ffff", id="text that is not UTF-8"),
        pytest.param("81" * 33 + "00", id="nested too deep"),
        pytest.param("81" * 60_000, id="nested far too deep"),
    ],
)
def test_refused(attack):
    with pytest.raises(CborRefused):
        decode(bytes.fromhex(attack))


def test_size_is_looked_at_before_anything_is_decoded():
    not_even_cbor = b"\xff" * 11

    with pytest.raises(CborRefused, match="at most 10"):
        decode(not_even_cbor, limit=10)


def test_exactly_the_limit_is_taken():
    assert decode(encode(b"x" * 8), limit=9) == b"x" * 8


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        math.nan,
        1 << 64,
        -(1 << 64) - 1,
        {1 << 64: 0},
        {True: 0},
        {1.5: 0},
        {None: 0},
        {(1, 2): 0},
        {"a"},
        datetime(2026, 1, 1, tzinfo=UTC),
        cbor2.CBORTag(18, []),
        cbor2.undefined,
        Colour.RED,
        "\ud800",
        {"\ud800": 1},
    ],
    ids=repr,
)
def test_a_value_without_a_deterministic_form_is_refused(value):
    with pytest.raises(CborRefused):
        encode([value])


def test_what_is_nested_too_deep_to_be_read_is_not_written():
    given: list[object] = []
    for _ in range(33):
        given = [given]

    with pytest.raises(CborRefused, match="nested"):
        encode(given)
