"""Reading the search view: a page of what is found, and counts of all of it."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from ledger.case_rows import Row, shown
from ledger.counting import Counts, counts_of
from ledger.projections.search import Search
from ledger.projections.view import view_in
from ledger.searching.question import Place, Question, Reach
from ledger.searching.statements import Statement, counted, newest, page


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of cases, and what `Question.after` is for the next one."""

    cases: list[Row]
    next: Place | None = None


class Searching:
    """Questions to the search view in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, question: Question, reach: Reach) -> Found:
        """Return the page of cases after `question.after`, in the order asked for."""
        with closing(view_in(self._folder, Search.name)) as db:
            rows = _first(db, newest(question, reach), question.limit)
            rows = rows or list(db.query(*page(question, reach)))
        places = [Place(rank=row.pop("rank"), last=row["last"], id=row["id"]) for row in rows]
        full = bool(rows) and len(rows) == question.limit
        return Found(cases=[*map(shown, rows)], next=places[-1] if full else None)

    def count(self, question: Question, reach: Reach) -> Counts:
        """Return how many cases there are, wherever a page begins or ends."""
        sql, values = counted(question, reach)
        with closing(view_in(self._folder, Search.name)) as db:
            return counts_of(db.execute(sql, values))


def _first(db: Database, newest: Statement | None, limit: int | None) -> list[Row]:
    """Return a whole page, if one is found so soon."""
    rows = [] if newest is None else list(db.query(*newest))
    return rows if len(rows) == limit else []
