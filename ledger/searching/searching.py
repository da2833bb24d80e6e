"""Reading the search view: a page of what is found, and counts of all of it.

A page costs no more than looking at so many cases, however many there are. Whoever asks
for no page, but for all, has all of them looked at.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from ledger.case_rows import Row, shown
from ledger.counting import Counts, counts_of
from ledger.projections.search import Search
from ledger.projections.search_index import SHOWN
from ledger.projections.view import view_in
from ledger.searching.matching import matching
from ledger.searching.question import LAST, Order, Place, Question, Reach
from ledger.searching.statements import candidates, common, counted

_ALL: Final = -1
_WORDS = "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search_fts, instance)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many cases a page looks at, found or not, and how many are put in order by rank."""

    looked_at: int = 3_000
    ranked: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of cases, and what `Question.after` is for the next one.

    There may be a next one where this is not full: it came to its bound. `ranked` is how
    many of the newest were put in order by rank, where that is not all of them.
    """

    cases: list[Row]
    next: Place | None = None
    ranked: int | None = None


class Searching:
    """Questions to the search view in `folder`."""

    def __init__(self, folder: Path, bounds: Bounds = Bounds()) -> None:
        self._folder = folder
        self._bounds = bounds

    def find(self, question: Question, reach: Reach) -> Found:
        """Return the page of cases after `question.after`, in the order asked for."""
        by_rank = question.order is Order.RANK and question.words is not None
        with self._opened() as db:
            if by_rank:
                return self._best(db, question, reach)
            rows, end = self._newest(db, question, reach, question.limit)
            return Found(cases=[*map(_shown, rows)], next=end)

    def count(self, question: Question, reach: Reach) -> Counts:
        """Return how many cases there are, wherever a page begins or ends.

        For whoever asks for pages, those that a page may look at are counted.
        """
        most = self._looked_at(question)
        with self._opened() as db:
            match = matching(question, reach, partial(self._is_common, db))
            rows = db.execute(*counted(question, reach, match, most=most)).fetchall()
        counts = counts_of(row for fits, *row in rows if fits)
        return replace(counts, more=sum(row[-1] for row in rows) == most)

    def _best(self, db: Database, question: Question, reach: Reach) -> Found:
        """Put in order what is newest of what is found, and give a page of that."""
        after, limit = question.after or Place(), question.limit
        rows, end = self._newest(db, question, reach, limit and self._bounds.ranked)
        ranked = len(rows) if end is not None or after.below < LAST else None
        left = sorted(
            (row for row in rows if _order(row) > (after.rank, -after.row)), key=_order
        )
        if limit is not None and len(left) > limit:
            last = left[limit - 1]
            end = Place(below=after.below, rank=last["rank"], row=last["row"])
        return Found(cases=[*map(_shown, left[:limit])], next=end, ranked=ranked)

    def _newest(
        self, db: Database, question: Question, reach: Reach, most: int | None
    ) -> tuple[list[Row], Place | None]:
        """Return what is newest of what is found, `most` of it, and where the rest begins."""
        looked_at = self._looked_at(question)
        sql, values = candidates(
            question,
            reach,
            matching(question, reach, partial(self._is_common, db)),
            below=(question.after or Place()).below,
            most=looked_at,
        )
        found: list[Row] = []
        for number, row in enumerate(db.query(sql, values), start=1):
            if row.pop("fits"):
                found.append(row)
            if len(found) == most or number == looked_at:
                return found, Place(below=row["row"])
        return found, None

    def _looked_at(self, question: Question) -> int:
        return _ALL if question.limit is None else self._bounds.looked_at

    def _is_common(self, db: Database, beginning: str) -> bool:
        [(is_common,)] = db.execute(*common(beginning, self._bounds.looked_at))
        return bool(is_common)

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        with closing(view_in(self._folder, Search.name)) as db:
            db.execute(_WORDS)
            yield db


def _order(row: Row) -> tuple[int, int]:
    return row["rank"], -row["row"]


def _shown(row: Row) -> Row:
    return shown({name: row[name] for name in SHOWN})
