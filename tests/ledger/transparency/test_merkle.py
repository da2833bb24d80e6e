"""Every proof of every tree up to 300 leaves, against the tree's definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.transparency import (
    EMPTY_ROOT,
    ProofRefused,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_at,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from ledger.transparency.proof import root_from
from tests.ledger.transparency.trees import LEAVES, NaiveNodes, root

# Much of the same: what it passes through is covered by others.
pytestmark = pytest.mark.no_cover

NODES = NaiveNodes()
SIZES = range(1, 301)


def test_golden_bytes_of_the_hashes():
    assert EMPTY_ROOT.hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert leaf_hash(b"").hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert node_hash(leaf_hash(b""), leaf_hash(b"\0")).hex() == (
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    )


def test_the_root_is_the_one_of_the_definition():
    for size in [0, *SIZES]:
        assert root_of(iter(LEAVES[:size])) == root_at(size, NODES) == root(0, size)


def test_every_leaf_of_every_tree_is_proven():
    for size in SIZES:
        for index in range(size):
            path = inclusion_path(index, size, NODES)

            verify_inclusion(LEAVES[index], index, size, path, root(0, size))


def test_every_tree_is_proven_to_continue_each_before_it():
    for new in SIZES:
        for old in range(1, new + 1):
            path = consistency_path(old, new, NODES)

            verify_consistency(old, root(0, old), new, root(0, new), path)


@given(st.integers(1, 600), st.data())
def test_a_bent_inclusion_proof_proves_nothing(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, NODES)
    bent = data.draw(bendings(path))

    with pytest.raises(ProofRefused):
        verify_inclusion(LEAVES[index], index, size, bent, root(0, size))


@given(st.integers(2, 600), st.data())
def test_a_bent_consistency_proof_proves_nothing(new, data):
    old = data.draw(st.integers(1, new - 1))
    path = consistency_path(old, new, NODES)
    bent = data.draw(bendings(path))

    with pytest.raises(ProofRefused):
        verify_consistency(old, root(0, old), new, root(0, new), bent)


@given(st.integers(2, 300), st.data())
def test_no_leaf_is_proven_in_another_leafs_place(size, data):
    places = st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True)
    index, other = data.draw(places)
    path = inclusion_path(index, size, NODES)

    with pytest.raises(ProofRefused):
        verify_inclusion(LEAVES[index], other, size, path, root(0, size))


@given(st.lists(st.integers(1, 300), min_size=2, max_size=2, unique=True), st.data())
def test_a_changed_leaf_breaks_consistency(sizes, data):
    old, new = sorted(sizes)
    changed = list(LEAVES[:old])
    changed[data.draw(st.integers(0, old - 1))] = bytes(32)
    path = consistency_path(old, new, NODES)

    with pytest.raises(ProofRefused):
        verify_consistency(old, root_of(changed), new, root(0, new), path)


def bendings(path):
    """What one can do to a path: flip a bit, leave out or repeat a step, add or shorten one."""
    flipped = st.integers(0, len(path) * 256 - 1).map(lambda bit: _flip(path, bit))
    added = st.sampled_from([[*path, bytes(32)], [bytes(32), *path], [*path, *path[:1]]])
    if not path:
        return st.just([bytes(32)])
    shorter = st.sampled_from([path[1:], path[:-1], [path[0][:31], *path[1:]]])
    return flipped | added.filter(lambda bent: bent != path) | shorter


def _flip(path, bit):
    bent = [bytearray(step) for step in path]
    bent[bit // 256][bit % 256 // 8] ^= 1 << bit % 8
    return [bytes(step) for step in bent]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (8, 8), (9, 8), (-1, 8)])
def test_an_index_outside_the_tree_is_refused(index, size):
    with pytest.raises(ProofRefused):
        root_from(LEAVES[0], index, size, [])
    with pytest.raises(ProofRefused):
        inclusion_path(index, size, NODES)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 8), (8, 7), (-1, 8)])
def test_consistency_from_nothing_or_backwards_is_refused(old, new):
    with pytest.raises(ProofRefused):
        verify_consistency(old, EMPTY_ROOT, new, root(0, new), [])
    with pytest.raises(ProofRefused):
        consistency_path(old, new, NODES)


def test_a_path_of_64_steps_is_refused_and_one_of_63_is_not():
    largest = 1 << 63

    assert root_from(LEAVES[0], 0, largest, [LEAVES[1]] * 63)
    with pytest.raises(ProofRefused, match="63"):
        root_from(LEAVES[0], 0, 2 * largest, [LEAVES[1]] * 64)
    with pytest.raises(ProofRefused, match="63"):
        verify_consistency(1, LEAVES[0], 2 * largest, LEAVES[0], [LEAVES[1]] * 64)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_hashes_of_another_length_are_refused(length):
    wrong = bytes(length)

    with pytest.raises(ProofRefused, match="32 bytes"):
        root_from(LEAVES[0], 0, 2, [wrong])
    with pytest.raises(ProofRefused, match="32 bytes"):
        root_from(wrong, 0, 2, [LEAVES[1]])
    with pytest.raises(ProofRefused, match="32 bytes"):
        verify_consistency(1, LEAVES[0], 2, root(0, 2), [wrong])


@pytest.mark.parametrize("old", [1, 3, 4, 7])
def test_consistency_without_a_path_is_refused(old):
    with pytest.raises(ProofRefused):
        verify_consistency(old, root(0, old), 8, root(0, 8), [])


def test_a_path_that_goes_on_after_the_root_is_refused():
    beyond = node_hash(LEAVES[1], LEAVES[0])
    path = [*consistency_path(3, 4, NODES), LEAVES[1]]

    with pytest.raises(ProofRefused, match="long"):
        verify_inclusion(LEAVES[0], 0, 1, [LEAVES[1]], beyond)
    with pytest.raises(ProofRefused, match="long"):
        verify_consistency(3, root(0, 3), 4, root(0, 4), path)


def test_a_path_that_ends_before_the_root_is_refused():
    with pytest.raises(ProofRefused, match="short"):
        verify_inclusion(LEAVES[0], 0, 3, [LEAVES[1]], root(0, 2))
    with pytest.raises(ProofRefused, match="short"):
        verify_consistency(1, LEAVES[0], 3, root(0, 2), [LEAVES[1]])


def test_one_size_with_two_roots_is_refused():
    verify_consistency(7, root(0, 7), 7, root(0, 7), [])

    with pytest.raises(ProofRefused, match="two different trees"):
        verify_consistency(7, root(0, 7), 7, root(0, 8), [])
    with pytest.raises(ProofRefused):
        verify_consistency(7, root(0, 7), 7, root(0, 7), [bytes(32)])


def test_one_path_proves_a_leaf_in_trees_of_several_sizes():
    """Why a receipt signs its size: this is not a fault of the check."""
    path = inclusion_path(0, 5, NODES)

    roots = {root_from(LEAVES[0], 0, size, path) for size in range(5, 9)}

    assert roots == {root(0, 5)}
