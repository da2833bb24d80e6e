"""The tree held against its leaves: every tile's root, and the root that was signed."""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.published import PublishedLog
from ledger.recorder import LedgerRecorder
from ledger.transparency import Frontier, TileRoot

_PAGE = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Where the tree is not that of the leaves; `position` is the last leaf under it."""

    position: int
    problem: str


def broken(recorder: LedgerRecorder, published: PublishedLog) -> Iterator[Broken]:
    """Hash the tree anew from its leaves, and yield where what is kept or signed differs."""
    kept = recorder.select_tile_roots()
    signed = published.signed_head()
    tree = Frontier()
    while leaves := recorder.select_leaves(start=tree.size, limit=_PAGE):
        for leaf in leaves:
            tree, filled = tree.grown([leaf])
            for root in filled:
                if kept.pop((root.level, root.tile), None) != root.hash:
                    yield Broken(position=tree.size, problem=_differs(root))
            if signed is not None and signed.size == tree.size and signed.root != tree.root:
                problem = "the head signed over the log up to here has another root"
                yield Broken(position=tree.size, problem=problem)
    for level, tile in kept:
        problem = f"tile {level - 1}/{tile} has a root, and is not full"
        yield Broken(position=tree.size, problem=problem)
    if signed is not None and signed.size > tree.size:
        problem = f"a head was signed over {signed.size} entries: the log was cut off here"
        yield Broken(position=tree.size, problem=problem)


def _differs(root: TileRoot) -> str:
    return f"the root kept of tile {root.level - 1}/{root.tile} is not that of its hashes"
