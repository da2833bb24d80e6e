"""How long a search takes among a million cases, by what is asked and by whom.

There is no peer: what counts is that nobody waits. Only the search view is filled, and
asked as the API asks it, without the milliseconds that a request takes besides.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from benchmarks.made_up import BEGINNING
from benchmarks.to_be_found import EVERY, IMPORTED, ITEMS, fill, receipt, subject
from ledger.projections.search import Search
from ledger.projections.search_index import first_number
from ledger.searching import Order, Place, Question, Reach, Searching, words

_PAGE = 50
_SAID = {
    "a word of seven in ten": "gd",
    "a word of three in ten, the oldest": "send",
    "a word of one in fifty": "restaurant",
    "the beginning of a word of half": "constructi",
    "the beginning of all receipts of a year": "GD2024",
    "the beginning of those of some months": "GD20240",
    "one letter": "c",
    "one character": "建",
    "an item by its name in the other script": "香港工程建設專業人士",
    "three words": "hong kong professional",
    "two words that no case has both": "construction send",
    "a word that no case has": "nowhere",
}
_OFFICES = {"a large office": ITEMS[0], "a middling office": ITEMS[4], "a small one": ITEMS[-2]}
_PERSONAL = {
    "a surname": "陳",
    "a name": "陳大文",
    "words of forms": "lotus noodles",
    "a word of others' cases": "pension",
}

Ask = Callable[[], tuple[Question, Reach]]
"""Makes a question of one kind, another one each time where there are several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked, how often, and how many milliseconds it took."""

    what: str
    times: int
    p50: float
    p99: float


def find(
    folder: Path, cases: int, times: int, told: Callable[[str], object]
) -> Iterator[Asked]:
    """Search among `cases` and yield how long each kind of question took.

    They stay in `folder`, and are not made again where they are there.
    """
    file = folder / f"{Search.name}.sqlite"
    if not file.exists():
        start = perf_counter()
        fill(file, cases, lambda entries: told(f"{entries:,} entries"))
        told(f"{cases:,} cases can be searched, after {perf_counter() - start:.0f} s")
    searching = Searching(folder)
    for what, ask in _found(cases):
        yield _measured(what, times, partial(_ask, searching.find, ask))
    for what, ask in _counted(cases):
        yield _measured(f"{what}, counted", times, partial(_ask, searching.count, ask))


def _found(cases: int) -> Iterator[tuple[str, Ask]]:
    """Yield what is asked for a page, by a supervisor where nothing else is said."""
    # Far from each other, and none twice among a million; three in ten are imported.
    numbers = (number % cases for number in count(step=611_953))
    ours = (number for number in numbers if number % 10 >= IMPORTED)
    yield "a case by its receipt", lambda: _asked(receipt(next(ours)))
    yield "an imported case by its number", lambda: _asked(f"A{next(numbers) * 3 // 10}")
    for first, order in (("newest first", Order.CHANGED), ("best first", Order.RANK)):
        for what, said in _SAID.items():
            yield f"{what}, {first}", partial(_asked, said, order=order)
        for whose, office in _OFFICES.items():
            reach = Reach(authority=office.authority, personal=True)
            for what, said in _PERSONAL.items():
                asked = partial(_asked, said, reach, order=order)
                yield f"{what}, {first}, {whose}", asked
        agency = partial(_asked, "tea", _own(7), order=order)
        yield f"a word of their forms, {first}, an agency", agency
    yield "a word of their forms, a person", lambda: _asked("tea", _own(next(ours)))
    for what, narrowed in _narrowed(cases).items():
        yield what, partial(_asked, **narrowed)
        yield f"{what}, and a word", partial(_asked, "construction", **narrowed)


def _counted(cases: int) -> Iterator[tuple[str, Ask]]:
    yield "all of them", _asked
    yield "a word of seven in ten", partial(_asked, "gd")
    reach = Reach(authority=_OFFICES["a large office"].authority, personal=True)
    yield "a surname, a large office", partial(_asked, "陳", reach)
    for what, narrowed in _narrowed(cases).items():
        yield what, partial(_asked, **narrowed)


def _narrowed(cases: int) -> Mapping[str, Mapping[str, Any]]:
    long_ago = BEGINNING + EVERY * (cases // 3)
    day = {"opened_from": long_ago, "opened_until": long_ago + timedelta(days=1)}
    return {
        "a status": {"status": "GRANTED"},
        "a rare item": {"item": ITEMS[-1].id},
        "two that exclude each other": {"register": "made-up", "status": "GRANTED"},
        "what came on a day long ago": day,
        "what changed until long ago": {"changed_until": long_ago},
        "what is overdue": {"overdue_at": BEGINNING + EVERY * (cases + 1)},
        "a page far behind": {"after": Place(below=first_number(long_ago))},
        "a page of 500": {"limit": 500},
    }


def _asked(
    said: str | None = None, reach: Reach | None = None, **more: Any
) -> tuple[Question, Reach]:
    question = Question(words=None if said is None else words(said), limit=_PAGE)
    return replace(question, **more), reach or Reach()


def _own(number: int) -> Reach:
    return Reach(subject=subject(number), personal=True, restricted=True)


def _ask(answer: Callable[[Question, Reach], object], ask: Ask) -> None:
    answer(*ask())


def _measured(what: str, times: int, ask: Callable[[], object]) -> Asked:
    cuts = quantiles([_seconds(ask) for _ in range(times)], n=100)
    return Asked(what=what, times=times, p50=cuts[49] * 1e3, p99=cuts[98] * 1e3)


def _seconds(ask: Callable[[], object]) -> float:
    start = perf_counter()
    ask()
    return perf_counter() - start
