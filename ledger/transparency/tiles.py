"""The tree as tiles (C2SP tlog-tiles): what they are called, and how they grow.

A tile is up to 256 hashes side by side. Only a full one is hashed into the
level above, so a tile's bytes never change; it is replaced by a wider one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from typing import Final, Self

from ledger.transparency.errors import TileRefused
from ledger.transparency.proof import HASH_BYTES

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT

ENTRIES: Final = -1
"""The level below the leaves: bundles of the entries themselves."""

TileReader = Callable[[int, int, int], bytes]
"""Returns the hashes of the tile at (level, index, width)."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile; a width of less than 256 makes it a partial one."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not (
            ENTRIES <= self.level <= 63 and self.index >= 0 and 0 < self.width <= TILE_WIDTH
        ):
            raise TileRefused(
                f"no log has a tile of level {self.level}, index {self.index} and width"
                f" {self.width}: a width is 1 to {TILE_WIDTH}"
                if self.level != ENTRIES
                else f"no log has entries at {self.index} of width {self.width}:"
                f" a width is 1 to {TILE_WIDTH}"
            )

    @property
    def path(self) -> str:
        """Where the tile is served, below the log's prefix."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_elements(self.index)}{partial}"

    @classmethod
    def parse(cls, path: str) -> Self:
        """Return the tile that `path` is the one path of, or raise `TileRefused`."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise TileRefused("not the path of a tile")
        level, index, width = found.groups()
        tile = cls(
            ENTRIES if level == "entries" else int(level),
            int(re.sub("[x/]", "", index)),
            TILE_WIDTH if width is None else int(width),
        )
        if tile.path != path:
            raise TileRefused("not the shortest path of a tile")
        return tile


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """Yield each tile that growing from size `old` to `new` completes or widens."""
    level = 0
    while old < new:
        for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
            yield Tile(level, index, min(TILE_WIDTH, new - index * TILE_WIDTH))
        old, new, level = old // TILE_WIDTH, new // TILE_WIDTH, level + 1


def grown(size: int, leaves: Iterable[bytes], read: TileReader) -> Iterator[tuple[Tile, bytes]]:
    """Yield the same tiles with their hashes, as `leaves` are appended to a tree of `size`.

    Reads only the partial tile at the right edge of each level that grows.
    """
    level, added = 0, b"".join(leaves)
    while added:
        first, width = divmod(size, TILE_WIDTH)
        hashes = (read_tile(read, Tile(level, first, width)) if width else b"") + added
        full = []
        for start in range(0, len(hashes), _FULL_BYTES):
            tile = hashes[start : start + _FULL_BYTES]
            yield Tile(level, first + start // _FULL_BYTES, len(tile) // HASH_BYTES), tile
            if len(tile) == _FULL_BYTES:
                full.append(fold(tile))
        added, size, level = b"".join(full), size // TILE_WIDTH, level + 1


def read_tile(read: TileReader, tile: Tile) -> bytes:
    """Return the hashes of `tile`, or raise `TileRefused` if there are more or fewer."""
    hashes = read(tile.level, tile.index, tile.width)
    if len(hashes) != tile.width * HASH_BYTES:
        raise TileRefused(f"{tile.path} is not of its width")
    return hashes


@lru_cache(maxsize=4_096)
def fold(hashes: bytes) -> bytes:
    """Return the root over a power of two of hashes that stand side by side.

    The upper tiles and the tree's right edge are asked for by every proof.
    """
    while len(hashes) > HASH_BYTES:
        hashes = b"".join(
            [sha256(b"\x01" + pair).digest() for (pair,) in _PAIR.iter_unpack(hashes)]
        )
    return hashes


_PAIR = Struct(f"{2 * HASH_BYTES}s")
_FULL_BYTES = TILE_WIDTH * HASH_BYTES
_PATH = re.compile(
    r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?"
)


def _elements(index: int) -> str:
    """Three digits an element, all but the last behind an x: 1234067 is x001/x234/067."""
    *above, last = f"{index:,}".split(",")
    if not above:
        return f"{last:0>3}"
    return "/".join([f"x{each:0>3}" for each in above] + [last])
