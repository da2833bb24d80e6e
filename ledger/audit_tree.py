"""The tree held against its leaves: every tile's root, and the root that was signed."""

from collections.abc import Iterator, Sequence

from ledger.finding import Finding
from ledger.transparency import Checkpoint
from ledger.transparency.merkle import join_peaks
from ledger.transparency.proof import HASH_BYTES
from ledger.transparency.tiles import TILE_WIDTH, fold


class Tree:
    """Grows from its leaves a tile at a time, beside what is `kept` and `signed` of it."""

    def __init__(
        self, kept: dict[tuple[int, int], bytes], signed: Checkpoint | None = None
    ) -> None:
        self.size = 0
        self._kept = dict(kept)
        self._signed = signed
        self._levels: list[list[bytes]] = [[]]
        self._tiles = [0]

    def grow(self, leaves: Sequence[bytes]) -> Iterator[Finding]:
        """Add `leaves`, and yield where the tree is not the one kept or signed."""
        signed = None if self._signed is None else self._signed.size - self.size
        if signed is None or not 0 < signed <= len(leaves):
            yield from self._add(leaves)
            return
        yield from self._add(leaves[:signed])
        if self._signed is not None and self.root != self._signed.root:
            problem = "the head signed over the log up to here has another root"
            yield Finding(position=self.size, problem=problem)
        yield from self._add(leaves[signed:])

    def left_over(self) -> Iterator[Finding]:
        """Yield what is kept of a larger tree than there are leaves for."""
        for level, tile in self._kept:
            problem = f"a root is kept of tile {tile} under level {level}, which is not full"
            yield Finding(position=self.size, problem=problem)
        if self._signed is not None and self._signed.size > self.size:
            size = self._signed.size
            problem = f"a head was signed over {size} entries: the log was cut off here"
            yield Finding(position=self.size, problem=problem)

    @property
    def root(self) -> bytes:
        """The root of the tree as far as it has grown."""
        return join_peaks([peak for level in reversed(self._levels) for peak in _peaks(level)])

    def _add(self, leaves: Sequence[bytes]) -> Iterator[Finding]:
        self.size += len(leaves)
        self._levels[0] += leaves
        for level, hashes in enumerate(self._levels):
            while len(hashes) >= TILE_WIDTH:
                root = fold(b"".join(hashes[:TILE_WIDTH]))
                del hashes[:TILE_WIDTH]
                if level + 1 == len(self._levels):
                    self._levels.append([])
                    self._tiles.append(0)
                self._levels[level + 1].append(root)
                yield from self._compared(level, root)

    def _compared(self, level: int, root: bytes) -> Iterator[Finding]:
        tile = self._tiles[level]
        self._tiles[level] += 1
        if self._kept.pop((level + 1, tile), None) != root:
            problem = f"the root kept of tile {level}/{tile} is not that of its hashes"
            last = (tile + 1) * TILE_WIDTH ** (level + 1)
            yield Finding(position=last, problem=problem)


def _peaks(hashes: Sequence[bytes]) -> Iterator[bytes]:
    """The roots of the complete subtrees over some hashes, largest first."""
    start = 0
    for height in reversed(range(len(hashes).bit_length())):
        if len(hashes) >> height & 1:
            yield fold(b"".join(hashes[start : start + (1 << height)]))
            start += 1 << height


def as_hash(value: object) -> bytes:
    """Return a leaf as it is kept; what cannot be one is found out where rows are compared."""
    return value if isinstance(value, bytes) and len(value) == HASH_BYTES else bytes(HASH_BYTES)
