"""Each row of a one-time key is sealed: none can be changed, moved or made by others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.once import OnceSeal, Used

SEAL = OnceSeal(bytes(32))
POSITIONS = st.integers(min_value=0, max_value=(1 << 63) - 1)
USES = st.dictionaries(
    st.binary(min_size=1, max_size=40),
    st.builds(Used, body=st.none() | st.binary(max_size=40), first=POSITIONS, last=POSITIONS),
    max_size=4,
)


@given(USES, st.integers(0, 1 << 40), POSITIONS)
def test_every_row_holds_and_only_the_last_closes_the_commit(once, after, head):
    rows = [*SEAL.rows(once, after=after, head=head)]

    assert all(map(SEAL.holds, rows))
    assert [row[0] for row in rows] == list(range(after + 1, after + 1 + max(1, len(once))))
    assert [row[5] for row in rows] == [None] * (len(rows) - 1) + [head]


@given(USES, st.data())
def test_no_bit_of_a_row_can_be_changed(once, data):
    row = data.draw(st.sampled_from([*SEAL.rows(once, after=7, head=9)]))
    column = data.draw(st.sampled_from(range(7)))

    changed = [*row]
    changed[column] = data.draw(other_than(row[column]))

    assert not SEAL.holds(changed)


@pytest.mark.parametrize("key", ["text", None, 1, 0.5])
def test_a_row_of_other_types_does_not_hold(key):
    (row,) = SEAL.rows({}, after=0, head=1)

    assert not SEAL.holds((row[0], key, *row[2:]))


def test_another_home_cannot_make_a_row():
    (row,) = OnceSeal(b"1" * 32).rows({}, after=0, head=1)

    assert not SEAL.holds(row)


def other_than(value):
    """Something else of the same kind, or of the kind that may stand in its place."""
    if isinstance(value, bytes):
        flipped = st.integers(0, max(0, len(value) * 8 - 1)).map(lambda bit: flip(value, bit))
        return (flipped | st.none()) if value else st.none()
    if value is None:
        return st.just(b"") | POSITIONS
    return POSITIONS.filter(lambda other: other != value)


def flip(value, bit):
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
