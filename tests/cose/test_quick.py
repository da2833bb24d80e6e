"""The quick reader and writer agree with the strict one, or say that they are not sure."""

from hashlib import sha256
from typing import NamedTuple

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cose import CborRefused, decode, encode, quick

# Much of the same: what it passes through is covered by others.
pytestmark = pytest.mark.no_cover

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.text(max_size=30)
    | st.binary(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=30), inner, max_size=5)
    ),
    max_leaves=12,
)
maps = st.dictionaries(st.integers(-(2**64), 2**64 - 1), plain, max_size=30)
CID_V0 = b"\x12\x20" + bytes(32)
CID_V1 = b"\x01\x71\x12\x20" + sha256(b"").digest()


class Order(NamedTuple):
    labels: tuple[int, ...]


def _orders(found):
    return {tuple(found): Order(tuple(found))}


def _holds_float(value):
    if type(value) is dict:
        return any(map(_holds_float, value.values()))
    return any(map(_holds_float, value)) if type(value) is list else type(value) is float


@given(plain)
def test_what_is_encoded_quickly_is_encoded_alike(value):
    assert quick.encode(value) in (None, encode(value))


@given(plain)
def test_what_is_decoded_quickly_is_decoded_alike(value):
    assert quick.decode(encode(value)) in (None, value)


@given(maps)
def test_a_map_under_numbers_is_read_and_written_alike(value):
    data = encode(value)
    ordered = decode(data)

    read = quick.decode_map(data, _orders(ordered))

    assert read in (None, (Order(tuple(ordered)), [*ordered.values()]))
    assert quick.encode_map([*ordered], [*ordered.values()]) in (None, data)


@given(maps, st.integers(0, 200), st.binary(max_size=3))
def test_whatever_map_is_read_quickly_is_in_the_one_form(value, at, instead):
    data = encode(value)
    bent = data[: at % len(data)] + instead + data[at % len(data) + 1 :]

    read = quick.decode_map(bent, _orders(decode(data)))

    if read is not None and not _holds_float(read[1]):
        assert [*decode(bent).values()] == read[1]


@given(
    st.binary(max_size=40)
    | st.builds(
        lambda value, at, byte: (
            (data := encode(value))[: at % len(data)]
            + bytes([byte])
            + data[at % len(data) + 1 :]
        ),
        plain,
        st.integers(0, 200),
        st.integers(0, 255),
    )
)
@example(b"\x81\x18\x01")
@example(b"\x81\xfb\x3f\xf0\0\0\0\0\0\0")
@example(b"\xd8\x2a\x58\x23\0" + CID_V0)
@example(b"\x82\x01")
def test_whatever_the_quick_reader_takes_the_strict_one_takes_unless_it_holds_a_float(data):
    found = quick.decode(data)

    if found is not None and not _holds_float(found):
        assert decode(data) == found


@pytest.mark.parametrize("looks_like", [CID_V0, CID_V1], ids=["version 0", "version 1"])
def test_bytes_that_look_like_a_content_id_are_left_to_the_strict_reader(looks_like):
    data = encode([looks_like])

    assert quick.encode([looks_like]) is None
    assert quick.decode(data) is None
    assert quick.encode_map([7], [looks_like]) is None
    assert decode(data) == [looks_like]


def test_a_content_id_under_its_tag_is_not_read_as_the_bytes_it_holds():
    tagged = b"\xd8\x2a\x58\x25\0" + CID_V1

    assert quick.decode_map(b"\xa1\x01\x05", _orders({1: None})) is not None
    assert quick.decode_map(b"\xa1\x01" + tagged, _orders({1: None})) is None


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(b"\xd8\x2a\x58\x25\0" + CID_V1, id="a content id under its tag"),
        pytest.param(b"\x9f\x01\xff", id="an indefinite array"),
        pytest.param(b"\x81\x18\x01", id="a number not shortest"),
        pytest.param(b"\xa2\x61b\x01\x61a\x01", id="keys out of order"),
        pytest.param(b"\xa2\x61a\x01\x61a\x01", id="a key twice"),
        pytest.param(b"\x81\x01\x00", id="trailing bytes"),
        pytest.param(b"\x81\xf7", id="undefined"),
        pytest.param(b"\x81" * 100_000 + b"\x01", id="nested without end"),
        pytest.param(cbor2.dumps([1 << 70]), id="a bignum"),
    ],
)
def test_what_is_not_in_the_one_form_is_left_to_the_strict_reader_which_refuses_it(attack):
    assert quick.decode(attack) is None
    with pytest.raises(CborRefused):
        decode(attack, limit=len(attack))


@pytest.mark.parametrize(
    "label",
    [b"\xf5", b"\x18\x01", b"\xfb\x3f\xf0" + bytes(6), b"\xf9\x3c\x00", b"\xc1\x01", b"\x611"],
    ids=["true", "1 not shortest", "1.0", "1.0 in two bytes", "tagged", "text"],
)
def test_a_key_that_only_counts_as_1_is_not_taken_for_it(label):
    orders = _orders({1: None})

    assert quick.decode_map(b"\xa1\x01\x05", orders) == (Order((1,)), [5])
    assert quick.decode_map(b"\xa1" + label + b"\x05", orders) is None


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"\xa1", b"\xb8\x18", b"\xa1\x01", b"\xbf\xff", b"\xa1\x80\x01"]
)
def test_what_is_no_short_map_of_known_keys_is_not_read(data):
    assert quick.decode_map(data, _orders({1: None})) is None


def test_more_pairs_than_a_short_map_has_are_not_written():
    assert quick.encode_map(range(23), range(23)) == encode({n: n for n in range(23)})
    assert quick.encode_map(range(24), range(24)) is None
