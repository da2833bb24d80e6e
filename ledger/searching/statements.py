"""A question in SQL. What a caller wrote stands in values only, never in the text."""

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.counting import COUNTED
from ledger.projections.search_index import PERSONAL, PUBLIC, SHOWN, first_number, last_number
from ledger.projections.search_text import looked_for
from ledger.projections.times import to_text
from ledger.searching.matching import searched
from ledger.searching.question import LAST, Question, Reach

Statement = tuple[str, dict[str, Any]]

_EQUAL = ("register", "status", "authority", "item", "subject")
_OWN = ("authority", "subject")
_TIMES = {
    "opened_from": "first >=",
    "opened_until": "first <=",
    "changed_from": "last >=",
    "changed_until": "last <=",
    "overdue_at": "due <=",
}
_FITTING = ("name", PERSONAL, "told")
_USED = "search.subject NOT IN (SELECT subject FROM standings)"
_INDEXED = "search_fts CROSS JOIN search ON search.row = search_fts.rowid"


def candidates(
    question: Question, reach: Reach, match: str | None, *, below: int, most: int
) -> Statement:
    """Return what selects `most` cases that may fit, newest first, each with its rank.

    They begin `below` a row, and each comes with whether it `fits`.
    """
    columns = [f"search.{name}" for name in ("row", *SHOWN)]
    rank, ranked = _rank(question, reach)
    sql, values = _looked_at([*columns, f"{rank} AS rank"], question, reach, match, below)
    return sql, values | ranked | {"most": most}


def counted(question: Question, reach: Reach, match: str | None, *, most: int) -> Statement:
    """Return what counts the newest `most` cases that may fit, by whether they do."""
    by = ", ".join(COUNTED)
    columns = [f"search.{name}" for name in COUNTED]
    sql, values = _looked_at(columns, question, reach, match, LAST)
    sql = f"SELECT fits, {by}, count(*) FROM ({sql}) GROUP BY fits, {by}"
    return sql, values | {"most": most}


def common(beginning: str, many: int) -> Statement:
    """Return what tells whether `many` cases or more have a word of this beginning."""
    some = "SELECT 1 FROM temp.words WHERE term BETWEEN :first AND :last LIMIT :many"
    values = {"first": beginning, "last": f"{beginning}\U0010ffff", "many": many}
    return f"SELECT count(*) = :many FROM ({some})", values


def _looked_at(
    columns: Sequence[str], question: Question, reach: Reach, match: str | None, below: int
) -> Statement:
    fits, values = _conditions(question, reach)
    source, row, where = "search", "search.row", ["search.row < :below"]
    if match is not None:
        source, row = _INDEXED, "search_fts.rowid"
        where = ["search_fts MATCH :match", "search_fts.rowid < :below"]
        values["match"] = match
    # What came at a time or later also changed then, or later.
    since = [each for each in (question.opened_from, question.changed_from) if each is not None]
    if since:
        where.append(f"{row} >= :least")
        values["least"] = first_number(max(since))
    if question.changed_until is not None:
        below = min(below, last_number(question.changed_until) + 1)
    values["below"] = below
    sql = (
        f"SELECT {', '.join(columns)}, {fits} AS fits FROM {source}"
        f" WHERE {' AND '.join(where)} ORDER BY {row} DESC LIMIT :most"
    )
    return sql, values


def _conditions(question: Question, reach: Reach) -> Statement:
    wanted = [
        *((f"{name} =", name, getattr(question, name)) for name in _EQUAL),
        *((f"{name} =", f"own_{name}", getattr(reach, name)) for name in _OWN),
        *((how, name, _time(question, name)) for name, how in _TIMES.items()),
    ]
    kept = [(how, name, value) for how, name, value in wanted if value is not None]
    conditions = [f"search.{how} :{name}" for how, name, _ in kept]
    values = {name: value for _, name, value in kept}
    if question.words is not None:
        phrases = _phrases(question.words)
        conditions.append(_says_all(phrases, searched(reach)))
        if _spares_restricted(reach):
            conditions.append(f"({_USED} OR {_says_all(phrases, PUBLIC)})")
        values |= {name: phrase for each in phrases for name, phrase in each.items()}
    return f"coalesce({' AND '.join(conditions) or 'TRUE'}, FALSE)", values


def _rank(question: Question, reach: Reach) -> Statement:
    """Say by which column a case fits best, of those that any of the words may be in."""
    if question.words is None:
        return "0", {}
    phrases = _phrases(question.words)
    every = {name: phrase for each in phrases for name, phrase in each.items()}
    found = {
        column: _says_one(every, [column]) for column in _FITTING if column in searched(reach)
    }
    if PERSONAL in found and _spares_restricted(reach):
        found[PERSONAL] = f"{_USED} AND {found[PERSONAL]}"
    whens = [f"WHEN {says} THEN {_FITTING.index(column)}" for column, says in found.items()]
    return f"CASE {' '.join(whens)} ELSE {len(_FITTING)} END", every


def _phrases(words: str) -> Sequence[dict[str, str]]:
    """Return for each of the words what it may be found by, each with the name of a value."""
    return [
        {f"said_{n}_{m}": f" {phrase}" for m, phrase in enumerate(phrases)}
        for n, phrases in enumerate(looked_for(words))
    ]


def _says_all(phrases: Sequence[dict[str, str]], columns: Sequence[str]) -> str:
    """Say that a row has every word, as its own text tells."""
    return " AND ".join(_says_one(each, columns) for each in phrases)


def _says_one(names: Iterable[str], columns: Sequence[str]) -> str:
    texts = [f"instr(' ' || search.{column}, :{{}}) > 0" for column in columns]
    return f"({' OR '.join(text.format(name) for name in names for text in texts)})"


def _spares_restricted(reach: Reach) -> bool:
    return reach.personal and not reach.restricted


def _time(question: Question, name: str) -> str | None:
    moment = getattr(question, name)
    return None if moment is None else to_text(moment)
