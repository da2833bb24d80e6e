"""The Merkle tree over the log (RFC 9162, 2.1): its root, and the paths that prove it.

Hashes come from any `Nodes`, so nothing here knows where they are kept. Only
complete subtrees are ever asked for: they never change as the log grows.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from hashlib import sha256
from typing import Final, Protocol

from ledger.transparency.errors import ProofRefused

EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a log without entries."""


class Nodes(Protocol):
    """Where the hashes of complete subtrees come from."""

    def node(self, level: int, index: int) -> bytes:
        """Return the root over the leaves from index · 2^level to (index + 1) · 2^level."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the leaf of an entry's stored bytes (2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the node over two others (2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over `leaves`, keeping one hash a level while it reads them."""
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        level, node = 0, leaf
        while peaks and peaks[-1][0] == level:
            node = node_hash(peaks.pop()[1], node)
            level += 1
        peaks.append((level, node))
    return join_peaks([node for _, node in peaks])


def root_at(size: int, nodes: Nodes) -> bytes:
    """Return the root of the tree as it was at `size`."""
    return _root_between(0, size, nodes)


def join_peaks(peaks: Sequence[bytes]) -> bytes:
    """Return the root over the roots of complete subtrees, largest first."""
    if not peaks:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))


def inclusion_path(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the path from leaf `index` to the root at `size` (2.1.3.1)."""
    if not 0 <= index < size:
        raise ProofRefused(f"a tree of {size} has no leaf {index}")
    start, end, siblings = 0, size, []
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return _roots(siblings, nodes)


def consistency_path(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Return the path that proves the tree at `new` to continue the one at `old` (2.1.4.1)."""
    if not 0 < old <= new:
        raise ProofRefused(f"no consistency proof leads from size {old} to {new}")
    start, end, parts = 0, new, []
    while end != old:
        middle = _middle(start, end)
        if old <= middle:
            parts.append((middle, end))
            end = middle
        else:
            parts.append((start, middle))
            start = middle
    # A left edge that is one complete subtree is the old root, which the verifier has.
    if start > 0:
        parts.append((start, end))
    return _roots(parts, nodes)


def _middle(start: int, end: int) -> int:
    """Where a tree splits: after the largest power of two smaller than it (2.1.1)."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _roots(parts: Sequence[tuple[int, int]], nodes: Nodes) -> list[bytes]:
    return [_root_between(start, end, nodes) for start, end in reversed(parts)]


def _root_between(start: int, end: int, nodes: Nodes) -> bytes:
    return join_peaks(list(_peaks(start, end, nodes)))


def _peaks(start: int, end: int, nodes: Nodes) -> Iterator[bytes]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield nodes.node(level, start >> level)
        start += 1 << level
