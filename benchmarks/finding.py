"""How long a search takes among a million cases, by what is asked.

There is no peer: what counts is that nobody waits. Each case is imported and
made up; only the search view is filled, and asked as the API asks it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import ours
from benchmarks.histories import histories
from ledger.projections.rebuilding import rebuild
from ledger.projections.search import Search
from ledger.searching import Order, Question, Reach, Searching, words

_ASKED = 500
_STEPS = ("create", "send")
_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked, how often, and how many milliseconds it took."""

    what: str
    times: int
    p50: float
    p99: float


def find(folder: Path, cases: int, told: Callable[[str], object]) -> Iterator[Asked]:
    """Search among `cases` and yield how long each kind of question took."""
    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home)) as ledger:
        entries = 1 + cases * (1 + len(_STEPS))
        for batch in histories(entries, ledger.now(), _STEPS):
            ledger.record(batch)
        told(f"{ledger.head:,} entries recorded")
        book, views = ledger.book, Path(home) / "views"
        rebuild(ledger, views, Search(book.catalogue, book.calendars, ledger.opened))
        told(f"{cases:,} cases can be searched")
        searching = Searching(views)
        for what, question in _questions(cases).items():
            each = [_seconds(searching, question()) for _ in range(_ASKED)]
            cuts = quantiles(each, n=100)
            yield Asked(what=what, times=_ASKED, p50=cuts[49] * 1e3, p99=cuts[98] * 1e3)


def _questions(cases: int) -> dict[str, Callable[[], Question]]:
    # Far from each other, and none twice among a million.
    numbers = (f"A{number % cases}" for number in count(step=611_953))
    number = partial(next, numbers)

    return {
        "a case by its number": lambda: Question(words=words(number()), limit=_PAGE),
        "a word of every case, newest first": lambda: Question(
            words=words("send"), limit=_PAGE
        ),
        "a word of every case, best first": lambda: Question(
            words=words("send"), order=Order.RANK, limit=_PAGE
        ),
        "a word and a number": lambda: Question(words=words(f"send {number()}"), limit=_PAGE),
        "a status, newest first": lambda: Question(status="SENT", limit=_PAGE),
        "a word that no case has": lambda: Question(words=words("nowhere"), limit=_PAGE),
    }


def _seconds(searching: Searching, question: Question) -> float:
    start = perf_counter()
    searching.find(question, Reach())
    return perf_counter() - start
