"""Trees and proofs that a second implementation makes the same: pymerkle."""

import pytest
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion  # type: ignore[import-untyped]

from ledger.transparency import consistency_path, inclusion_path, leaf_hash, root_of
from ledger.transparency import verify_consistency as consistent
from ledger.transparency import verify_inclusion as included

ENTRIES = [index.to_bytes(4) for index in range(33)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
SIZES = range(2, len(ENTRIES) + 1)


class Nodes:
    """The hashes of the subtrees of `ENTRIES`."""

    def node(self, level, index):
        return root_of(LEAVES[index << level : index + 1 << level])


@pytest.fixture(scope="module")
def theirs():
    tree = InmemoryTree(algorithm="sha256")
    for entry in ENTRIES:
        tree.append_entry(entry)
    return tree


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_of_any_size_has_the_same_root(theirs, size):
    assert theirs.get_root(size) == root_of(LEAVES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_their_inclusion_proofs_hold_under_our_roots_and_ours_under_theirs(theirs, size):
    for index, leaf in enumerate(LEAVES[:size]):
        proof = theirs.prove_inclusion(index + 1, size)
        path = inclusion_path(index, size, Nodes())

        verify_inclusion(leaf, root_of(LEAVES[:size]), proof)
        included(leaf, index, size, path, theirs.get_root(size))
        # Theirs has the leaf itself among its steps.
        assert sorted(proof.path) == sorted([leaf, *path])


@pytest.mark.parametrize("size", SIZES)
def test_their_consistency_proofs_hold_under_our_roots_and_ours_under_theirs(theirs, size):
    for old in range(1, size):
        before, after = root_of(LEAVES[:old]), root_of(LEAVES[:size])

        verify_consistency(before, after, theirs.prove_consistency(old, size))
        path = consistency_path(old, size, Nodes())
        consistent(old, theirs.get_root(old), size, theirs.get_root(size), path)
