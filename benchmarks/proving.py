"""Checking an inclusion proof, beside hashing the same nodes and checking nothing."""

from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from benchmarks.measure import Peer, Row, Run, race
from ledger.transparency import inclusion_path, root_from, verify_inclusion

_PROOFS = 20_000
_INDEX, _SIZE = 123_456, 1_000_000
_LEAF = sha256(b"leaf").digest()


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race checks of one proof in a tree of a million leaves; nothing is read."""
    del folder
    path = inclusion_path(_INDEX, _SIZE, _MadeUp())
    root = root_from(_LEAF, _INDEX, _SIZE, path)
    proofs = max(2, int(_PROOFS * scale))

    def verify() -> None:
        verify_inclusion(_LEAF, _INDEX, _SIZE, path, root)

    def hash_only() -> None:
        node = _LEAF
        for step in path:
            node = sha256(b"\x01" + step + node).digest()

    yield from race(
        rounds,
        what=f"check an inclusion proof of {len(path)} nodes",
        unit="proofs/s",
        ours=partial(_run, verify, proofs),
        peers=[
            Peer(
                name="hashlib, the same nodes",
                leaves_out="checks no side, length or root",
                run=partial(_run, hash_only, proofs),
            )
        ],
    )


class _MadeUp:
    """Nodes of a tree that nobody built."""

    def node(self, level: int, index: int) -> bytes:
        return sha256(b"%d/%d" % (level, index)).digest()


def _run(check: Callable[[], None], proofs: int) -> Run:
    start = perf_counter()
    for _ in range(proofs):
        check()
    seconds = perf_counter() - start
    return Run(operations=proofs, seconds=seconds, fsync="in memory", held=_SIZE)
