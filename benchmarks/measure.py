"""Two sides of one race, run in turn, and what is told of them.

The ratio is taken round by round, because what disturbs a machine disturbs
both sides of a round alike; it is above 1 where the ledger is faster.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import median, quantiles
from time import perf_counter
from typing import Protocol

_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One side's stretch of work; `each` has the seconds of every operation, if timed."""

    operations: int
    seconds: float
    fsync: str
    held: int
    each: Sequence[float] = ()

    @property
    def rate(self) -> float:
        """Operations a second."""
        return self.operations / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What some operations took in all, and the seconds of each."""

    seconds: float
    each: Sequence[float]

    @classmethod
    def one_by_one(cls, operations: Sequence[Callable[[], object]]) -> "Timed":
        """Do each operation after the other."""
        each = []
        for operation in operations:
            start = perf_counter()
            operation()
            each.append(perf_counter() - start)
        return cls(seconds=sum(each), each=each)

    def run(self, *, fsync: str, held: int) -> Run:
        """Return these operations as a side's run."""
        return Run(
            operations=len(self.each),
            seconds=self.seconds,
            fsync=fsync,
            held=held,
            each=self.each,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is told of one side over all rounds; latencies are in microseconds."""

    rate: float
    fsync: str
    held: int
    p50: float | None
    p99: float | None
    p999: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure of the ledger's beside a peer's, and what the peer leaves out."""

    what: str
    unit: str
    peer: str
    leaves_out: str
    ours: Side
    theirs: Side
    ratio: float
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Who is raced against, and what of the ledger's work it does not do."""

    name: str
    leaves_out: str
    run: Callable[[], Run]


def race(
    rounds: int, *, what: str, unit: str, ours: Callable[[], Run], peers: Sequence[Peer]
) -> Iterator[Row]:
    """Run `ours` and every peer `rounds` times, turning the order each time."""
    lanes = {"": ours, **{p.name: p.run for p in peers}}
    runs: dict[str, list[Run]] = {name: [] for name in lanes}
    for number in range(rounds):
        for name in reversed(lanes) if number % 2 else lanes:
            runs[name].append(lanes[name]())
    for peer in peers:
        pairs = zip(runs[""], runs[peer.name], strict=True)
        ratios = [mine.rate / other.rate for mine, other in pairs]
        yield Row(
            what=what,
            unit=unit,
            peer=peer.name,
            leaves_out=peer.leaves_out,
            ours=_side(runs[""]),
            theirs=_side(runs[peer.name]),
            ratio=median(ratios),
            least=min(ratios),
            most=max(ratios),
        )


class Cursor(Protocol):
    """What `fsync` asks: a cursor of the connection that did the work."""

    def execute(self, statement: str, /) -> object: ...
    def fetchone(self) -> Sequence[object] | None: ...


def fsync(cursor: Cursor) -> str:
    """Return how durably the connection of `cursor` commits, as SQLite itself says."""
    synchronous = _SYNCHRONOUS[int(_pragma(cursor, "synchronous"))]
    return f"{synchronous} {_pragma(cursor, 'journal_mode')}"


def _pragma(cursor: Cursor, name: str) -> str:
    cursor.execute(f"PRAGMA {name}")
    row = cursor.fetchone()
    assert row is not None
    return str(row[0])


def _side(runs: Sequence[Run]) -> Side:
    each = sorted(chain.from_iterable(run.each for run in runs))
    cuts = quantiles(each, n=1_000) if len(each) > 1 else []
    return Side(
        rate=median(run.rate for run in runs),
        fsync=runs[0].fsync,
        held=runs[0].held,
        p50=cuts[499] * 1e6 if cuts else None,
        p99=cuts[989] * 1e6 if cuts else None,
        p999=cuts[998] * 1e6 if cuts else None,
    )
