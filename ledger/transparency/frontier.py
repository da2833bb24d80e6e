"""The right edge of a growing tree: all that is needed to append to it.

One hash for each complete subtree, largest first. A new leaf joins those of
its height, so appending costs about two hashes, however large the tree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

from ledger.transparency.merkle import EMPTY_ROOT, Nodes, node_hash
from ledger.transparency.tiles import TILE_HEIGHT


class TileRoot(NamedTuple):
    """The hash that a tile just filled contributes to the level of tiles above it."""

    level: int
    tile: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of `size` leaves, as its complete subtrees' heights and hashes."""

    size: int = 0
    peaks: tuple[tuple[int, bytes], ...] = ()

    @classmethod
    def of(cls, size: int, nodes: Nodes) -> Self:
        """Return the frontier of a tree whose hashes are kept in `nodes`."""
        peaks, start = [], 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                peaks.append((height, nodes.node(height, start >> height)))
                start += 1 << height
        return cls(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The root of the tree (RFC 9162, 2.1.1)."""
        if not self.peaks:
            return EMPTY_ROOT
        *others, (_, root) = self.peaks
        for _, peak in reversed(others):
            root = node_hash(peak, root)
        return root

    def grown(self, leaves: Iterable[bytes]) -> tuple[Self, list[TileRoot]]:
        """Return the frontier after `leaves`, and the roots of the tiles they filled."""
        size, peaks, filled = self.size, list(self.peaks), []
        for leaf in leaves:
            height, node = 0, leaf
            while peaks and peaks[-1][0] == height:
                node = node_hash(peaks.pop()[1], node)
                height += 1
                if height % TILE_HEIGHT == 0:
                    filled.append(TileRoot(height // TILE_HEIGHT, size >> height, node))
            peaks.append((height, node))
            size += 1
        return type(self)(size, tuple(peaks)), filled
