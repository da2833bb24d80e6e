"""The quick look at a page says yes only to what the strict reader takes."""

from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import assume, given
from hypothesis import strategies as st
from libipld import encode_dag_cbor
from msgspec.structs import replace

from cose import cbor
from ledger.audit_entry import is_sound
from ledger.codec import Codec
from ledger.errors import LogDamaged
from tests.ledger.examples import EXAMPLES
from tests.ledger.fakes import Dice, FakeSubjectKeys

# Much of the same: what it passes through is covered by others.
pytestmark = pytest.mark.no_cover

KEYS = FakeSubjectKeys()
CODEC = Codec(KEYS, Dice())
VERSION = 3
CONTENT_ID = bytes([1, 0x71, 0x12, 0x20]) + bytes(32)


def stored(name):
    entry = replace(EXAMPLES[name], version=VERSION)
    KEYS.create([entry.subject] if entry.subject else [])
    return CODEC.store(entry)


STORED = [stored(name) for name in EXAMPLES]
BUILT = [cbor.decode(each.state) for each in STORED]


def quickly(each, state, after=0):
    columns = [[each.originator_id.hex], [each.originator_version], [each.topic], [state]]
    return is_sound(*columns, after=after) is not None


def strictly(each, state):
    row = StoredEvent(each.originator_id, each.originator_version, each.topic, state)
    try:
        CODEC.read_strictly(row, position=2)
    except (LogDamaged, TypeError, ValueError):
        return False
    return True


@pytest.mark.parametrize("each", STORED, ids=[*EXAMPLES])
def test_every_kind_of_entry_is_taken_as_it_was_stored(each):
    assert quickly(each, each.state)


@given(st.sampled_from(STORED), st.data())
def test_no_changed_byte_is_taken_that_the_strict_reader_refuses(each, data):
    changed = bytearray(each.state)
    for at in data.draw(st.lists(st.integers(0, len(changed) - 1), min_size=1, max_size=3)):
        changed[at] = data.draw(st.integers(0, 255))

    assert quickly(each, bytes(changed)) <= strictly(each, bytes(changed))


@given(st.sampled_from(STORED), st.data())
def test_no_cut_or_padding_is_taken(each, data):
    at = data.draw(st.integers(0, len(each.state)))
    other = each.state[:at] + data.draw(st.binary(max_size=4)) + each.state[at:]
    assume(other != each.state)

    assert quickly(each, other) <= strictly(each, other)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), 1 << 63) | st.text() | st.binary(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(), each, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(range(len(STORED))), st.sampled_from(range(12)), VALUES)
def test_no_other_value_is_taken_in_a_field_that_the_strict_reader_refuses(which, field, value):
    array = [*BUILT[which]]
    array[field] = value
    state = cbor.encode(array)

    assert quickly(STORED[which], state) <= strictly(STORED[which], state)


@given(st.sampled_from(range(len(STORED))), VALUES, st.data())
def test_no_other_value_is_taken_in_a_body_that_the_strict_reader_refuses(which, value, data):
    *head, body = BUILT[which]
    assume(body)
    name = data.draw(st.sampled_from([*body]))
    state = cbor.encode([*head, {**body, name: value}])

    assert quickly(STORED[which], state) <= strictly(STORED[which], state)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(b"\xf9\x00\x00", id="half float"),
        pytest.param(b"\xfb" + bytes(8), id="float"),
        pytest.param(b"\xd8\x2a\x58\x25\x00" + CONTENT_ID, id="tag 42"),
        pytest.param(b"\xd8\x2a\x58\x24" + CONTENT_ID, id="tag 42 without its prefix"),
        pytest.param(b"\xc2\x41\x01", id="big number"),
        pytest.param(b"\x18\x01", id="number that is not the shortest"),
        pytest.param(b"\x58\x01a", id="length that is not the shortest"),
        pytest.param(b"\x5f\x41a\xff", id="indefinite length"),
        pytest.param(b"\xf7", id="undefined"),
        pytest.param(b"\xa1\x01\x01", id="key that is a number"),
        pytest.param(b"\xa2\x61b\x01\x61a\x01", id="keys out of order"),
        pytest.param(b"\xa2\x61a\x01\x61a\x01", id="key twice"),
        pytest.param(b"\x81" * 60_000, id="depth"),
    ],
)
@pytest.mark.parametrize("field", range(1, 12))
def test_what_is_not_in_the_one_form_is_not_taken_anywhere(item, field):
    for each, array in zip(STORED, BUILT, strict=True):
        pieces = [cbor.encode(value) for value in array]
        pieces[field] = item

        assert not quickly(each, b"\x8c" + b"".join(pieces))


WITH_MAPS = [array for array in BUILT if any(type(each) is dict for each in array[11].values())]


@pytest.mark.parametrize("which", range(len(WITH_MAPS)))
def test_no_float_hides_in_a_map_within_a_body(which):
    array = [*WITH_MAPS[which]]
    array[11] = dict(array[11])
    (name, inner), *_ = [(n, v) for n, v in array[11].items() if type(v) is dict]
    array[11][name] = {**inner, "zzzzzzzzzzzzzzzzzzzz": [1.5]}
    each = STORED[BUILT.index(WITH_MAPS[which])]

    assert not quickly(each, encode_dag_cbor(array))


def test_bytes_that_look_like_a_content_id_are_bytes_and_a_tag_is_not():
    (which,) = (n for n, name in enumerate(EXAMPLES) if name == "mapping.recorded.v1")
    array = [*BUILT[which]]
    array[11] = {**array[11], "document": CONTENT_ID}

    tagged = encode_dag_cbor(array)
    assert b"\xd8\x2a" in tagged
    assert quickly(STORED[which], cbor.encode(array))
    assert not quickly(STORED[which], tagged)


@pytest.mark.parametrize("column", range(3))
def test_columns_are_held_against_the_entry(column):
    each = STORED[0]
    columns = [[each.originator_id.hex], [each.originator_version], [each.topic]]
    columns[column] = [[UUID(int=9).hex], [VERSION + 1], ["case.closed.v1"]][column]

    assert is_sound(columns[0], columns[1], columns[2], [each.state], after=0) is None


def test_nothing_is_recorded_before_the_entry_it_follows():
    recorded = BUILT[0][3]

    assert quickly(STORED[0], STORED[0].state, after=recorded)
    assert not quickly(STORED[0], STORED[0].state, after=recorded + 1)
