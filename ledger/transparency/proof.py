"""Checking Merkle proofs (RFC 9162, 2.1.3.2 and 2.1.4.2), with nothing but their bytes.

A path alone fixes neither size nor index: the same one leads to the same root
for several pairs. The size has to come from something signed.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from ledger.transparency.errors import ProofRefused

HASH_BYTES: Final = 32
MAX_STEPS: Final = 63


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that `path` leads to from `leaf`, or raise `ProofRefused`."""
    # 1. The leaf lies in the tree (2.1.3.2, 1), and the hashes are hashes.
    _require(0 <= index < size, "the index lies outside the tree")
    _check_hashes(path)
    _check_hashes([leaf])
    # 2. Climb, joining each step on its side (2.1.3.2, 2 to 4).
    fn, sn, node = index, size - 1, leaf
    for step in path:
        _require(sn > 0, "the path is too long for the tree")
        if fn & 1 or fn == sn:
            node = sha256(b"\x01" + step + node).digest()
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            node = sha256(b"\x01" + node + step).digest()
        fn >>= 1
        sn >>= 1
    # 3. The path ends at the root (2.1.3.2, 5).
    _require(sn == 0, "the path is too short for the tree")
    return node


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Raise `ProofRefused` unless `leaf` stands at `index` under `root`."""
    _require(root_from(leaf, index, size, path) == root, "the path leads to another root")


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Raise `ProofRefused` unless the new tree continues the old one.

    From size 0 nothing can be proven, and that is refused; between equal sizes
    the path is empty and the roots are the same.
    """
    _require(0 < old_size <= new_size, "there is no proof between these sizes")
    _check_hashes(path)
    if old_size == new_size:
        _require(not path and old_root == new_root, "one size has two different trees")
        return
    old, new = roots_from(old_size, new_size, path, old_root)
    _require(old == old_root, "the path does not start from the old root")
    _require(new == new_root, "the path leads to another root")


def roots_from(
    old_size: int, new_size: int, path: Sequence[bytes], old_root: bytes | None = None
) -> tuple[bytes, bytes]:
    """Return the roots of the old and of the new tree that `path` leads to.

    Where the new one is right, so is the old: it is what that tree had at `old_size`.
    The path of a complete old tree does not tell its root, which is given then.
    """
    _require(0 < old_size < new_size, "there is no path between these sizes")
    _check_hashes(path)
    # 1. A path is there; a complete old tree stands at its beginning (2.1.4.2, 1 and 2).
    _require(len(path) > 0, "the path is empty")
    steps = list(path)
    if not old_size & (old_size - 1):
        if old_root is None:
            raise ProofRefused("the path of a complete tree does not tell its root")
        steps.insert(0, old_root)
    # 2. Climb to where the old tree's right edge branches off (2.1.4.2, 3 to 5).
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    old = new = steps[0]
    # 3. Join each step to both trees, or to the new one only (2.1.4.2, 6).
    for step in steps[1:]:
        _require(sn > 0, "the path is too long for the trees")
        if fn & 1 or fn == sn:
            old = sha256(b"\x01" + step + old).digest()
            new = sha256(b"\x01" + step + new).digest()
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            new = sha256(b"\x01" + new + step).digest()
        fn >>= 1
        sn >>= 1
    # 4. Both roots are reached, and nothing is left (2.1.4.2, 7).
    _require(sn == 0, "the path is too short for the trees")
    return old, new


def _check_hashes(hashes: Sequence[bytes]) -> None:
    _require(len(hashes) <= MAX_STEPS, f"a path of more than {MAX_STEPS} steps")
    _require({*map(len, hashes)} <= {HASH_BYTES}, f"a hash that is not {HASH_BYTES} bytes")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ProofRefused(otherwise)
