"""The hashes of a tree, read from its tiles.

A node stands in the tile whose level is at or just below its own; what lies
between two levels of tiles is hashed again. Each tile is read at most once, so
one of these is made for one proof and then let go.
"""

from ledger.transparency.errors import ProofRefused
from ledger.transparency.proof import HASH_BYTES
from ledger.transparency.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    TileReader,
    fold,
    read_tile,
)


class TileNodes:
    """Answers `merkle.Nodes` for the tree of `size` leaves."""

    def __init__(self, size: int, read: TileReader) -> None:
        self._size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        """Return the root of a complete subtree, or raise `ProofRefused` if it is not one."""
        if not 0 <= index < self._size >> level:
            raise ProofRefused(f"a tree of {self._size} has no node {index} on level {level}")
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile, first = divmod(index << height, TILE_WIDTH)
        start, end = first * HASH_BYTES, (first + (1 << height)) * HASH_BYTES
        return fold(self._tile(tile_level, tile)[start:end])

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            hashes = self._size >> TILE_HEIGHT * level
            width = min(TILE_WIDTH, hashes - index * TILE_WIDTH)
            self._tiles[level, index] = read_tile(self._read, Tile(level, index, width))
        return self._tiles[level, index]
