"""Reading the search view: a page of what is found, and counts of all of it."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ledger.projections.search import Search
from ledger.queries import Row, shown, view_in
from ledger.searching.question import Place, Question, Reach
from ledger.searching.statements import groups, page

COUNTED = ("register", "status", "authority", "item")
"""The columns by which what was found is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of cases, and what `Question.after` is for the next one."""

    cases: list[Row]
    next: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many cases were found, and how many with each value of a column."""

    total: int
    by: Mapping[str, Mapping[str, int]]


class Searching:
    """Questions to the search view in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, question: Question, reach: Reach) -> Found:
        """Return the page of cases after `question.after`, in the order asked for."""
        sql, values = page(question, reach)
        with closing(view_in(self._folder, Search.name)) as db:
            rows = list(db.query(sql, values))
        places = [Place(rank=row.pop("rank"), last=row["last"], id=row["id"]) for row in rows]
        full = bool(rows) and len(rows) == question.limit
        return Found(cases=[*map(shown, rows)], next=places[-1] if full else None)

    def count(self, question: Question, reach: Reach) -> Counts:
        """Return how many cases there are, wherever a page begins or ends."""
        sql, values = groups(question, reach, COUNTED)
        with closing(view_in(self._folder, Search.name)) as db:
            found = db.execute(sql, values).fetchall()
        by = {name: Counter[str]() for name in COUNTED}
        for *group, cases in found:
            for name, value in zip(COUNTED, group, strict=True):
                if value is not None:
                    by[name][value] += cases
        return Counts(
            total=sum(group[-1] for group in found),
            by={name: dict(sorted(counts.items())) for name, counts in by.items()},
        )
