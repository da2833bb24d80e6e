"""The most memory an import takes, at two sizes of log.

Each is imported by a process of its own, because the most a process ever held
is all that the system tells.
"""

import gzip
import resource
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.importing import Mapping

_END_OF_TRACE = b"</trace>"
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """What one import took, its views included."""

    events: int
    mebibytes: float


def peaks(folder: Path, logs: list[Path], mapping: Mapping) -> Iterator[Peak]:
    """Import each of `logs` into a home of its own under `folder`."""
    for log in logs:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
            yield child.submit(_imported, folder, log, mapping.dump()).result()


def shortened(log: Path, to: Path, parts: int) -> Path:
    """Write about the first of `parts` of `log`, in whole traces, to `to`; return it."""
    total = sum(map(len, _chunks(log)))
    left = total // parts
    with to.open("wb") as file:
        for chunk in _chunks(log):
            left -= len(chunk)
            cut = chunk.find(_END_OF_TRACE, max(0, len(chunk) + left)) if left <= 0 else -1
            if cut >= 0:
                file.write(chunk[: cut + len(_END_OF_TRACE)] + b"</log>")
                break
            file.write(chunk)
    return to


def _chunks(log: Path) -> Iterator[bytes]:
    with log.open("rb") as plain, gzip.open(log) if log.suffix == ".gz" else plain as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _imported(folder: Path, log: Path, mapping: bytes) -> Peak:
    from benchmarks import ours
    from ledger.opening import all_views
    from ledger.projections.follower import Follower

    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home)) as ledger:
        ours.import_log(ledger, log, Mapping.load(mapping))
        views = Path(home) / "views"
        with closing(Follower(ledger, views, all_views(ledger))) as follower:
            follower.catch_up()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return Peak(events=ledger.head, mebibytes=most / 1024)
