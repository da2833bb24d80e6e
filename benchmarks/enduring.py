"""The service for a long time, and under more than it can do.

There is no peer: what counts is that memory and open files stay where they are, and
that what is too much is refused with a time to come again, while the rest is answered.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

from psutil import Process

from benchmarks import calls
from benchmarks.serving import Served, being_served

_PROBED = 2_000
_MIXED = 10
_CONNECTIONS = 1_500
_SECONDS = 10
_RATE = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the service's processes held, and what the answers before took, in milliseconds."""

    minutes: float
    mebibytes: float
    files: int
    threads: int
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What became of requests offered at one rate; milliseconds of those that were answered."""

    what: str
    rate: float
    statuses: dict[str, int]
    p50: float
    p99: float


def soak(folder: Path, minutes: float) -> Iterator[Sample]:
    """Ask without pause for `minutes`, nine reads a command, and sample every half minute."""
    cases = int(minutes * 60 * _RATE / _MIXED) + _MIXED * 30
    with (
        TemporaryDirectory(dir=folder) as scratch,
        being_served(Path(scratch), cases) as served,
    ):
        answers = _who_answers(served)
        # The other folds the views.
        service = [answers, *answers.children(recursive=True)]
        start = perf_counter()
        while perf_counter() - start < minutes * 60:
            asked = served.mix(int(_RATE * min(30.0, minutes * 60)))
            each = calls.paced(served.url, asked, _RATE).each
            yield Sample(
                minutes=(perf_counter() - start) / 60,
                mebibytes=sum(each.memory_info().rss for each in service) / 2**20,
                files=sum(each.num_fds() for each in service),
                threads=sum(each.num_threads() for each in service),
                p99=_milliseconds(each)[98],
            )


def overload(folder: Path) -> Iterator[Load]:
    """Find what the service can do; offer it half of that, three times that, and half again."""
    with (
        TemporaryDirectory(dir=folder) as scratch,
        being_served(Path(scratch), 60_000) as served,
    ):
        probe = calls.at_once(served.url, served.mix(_PROBED), 64)
        capacity = _PROBED / probe.seconds
        for what, share in (("half", 0.5), ("three times", 3.0), ("half again", 0.5)):
            rate = capacity * share
            told = calls.offered(
                served.url, served.mix(int(rate * _SECONDS)), rate, _CONNECTIONS
            )
            cuts = _milliseconds([seconds for status, seconds in told if status == "200"])
            yield Load(
                what=what,
                rate=rate,
                statuses=dict(sorted(Counter(status for status, _ in told).items())),
                p50=cuts[49],
                p99=cuts[98],
            )


def _milliseconds(each: Sequence[float]) -> list[float]:
    return [cut * 1e3 for cut in quantiles(each, n=100)]


def _who_answers(served: Served) -> Process:
    """Return the process that listens where the service is."""
    port = urlsplit(served.url).port
    [found] = [
        child
        for child in Process().children()
        if port in {each.laddr.port for each in child.net_connections() if not each.raddr}
    ]
    return found
