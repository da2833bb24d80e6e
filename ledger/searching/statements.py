"""A question in SQL. What a caller wrote stands in values only, never in the text."""

from collections.abc import Sequence
from typing import Any

from ledger.counting import counting
from ledger.projections.search_index import PERSONAL, PUBLIC, SHOWN
from ledger.projections.search_text import asked
from ledger.projections.times import to_text
from ledger.searching.question import Order, Question, Reach

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
_LEAST = len(_FITTING)
_MATCHES = "row IN (SELECT rowid FROM search_fts WHERE search_fts MATCH :{})"
_USED = "subject NOT IN (SELECT subject FROM standings)"
_BEYOND = (
    "(rank > :after_rank OR rank = :after_rank"
    " AND (last < :after_last OR last = :after_last AND id > :after_id))"
)


def page(question: Question, reach: Reach) -> Statement:
    """Return what selects a page of cases, each with its rank."""
    where, values = _conditions(question, reach)
    rank, ranked = _rank(question, reach)
    found = f"SELECT {', '.join(SHOWN)}, {rank} AS rank FROM search WHERE {where}"
    sql = f"SELECT * FROM ({found})"
    after = question.after
    if after is not None:
        sql += f" WHERE {_BEYOND}"
        values |= {"after_rank": after.rank, "after_last": after.last, "after_id": after.id}
    # Without a rank the index on the last change gives the order.
    sql += f" ORDER BY {'rank, ' if ranked else ''}last DESC, id"
    if question.limit is not None:
        sql += " LIMIT :limit"
        values["limit"] = question.limit
    return sql, values | ranked


def counted(question: Question, reach: Reach) -> Statement:
    """Return what counts the cases found, on whichever page."""
    where, values = _conditions(question, reach)
    return counting(where, "search"), values


def _conditions(question: Question, reach: Reach) -> Statement:
    wanted = [
        *((f"{name} = :{{}}", name, getattr(question, name)) for name in _EQUAL),
        *((f"{name} = :{{}}", f"own_{name}", getattr(reach, name)) for name in _OWN),
        *((f"{how} :{{}}", name, _time(question, name)) for name, how in _TIMES.items()),
    ]
    if question.words is not None:
        terms = " AND ".join(asked(question.words))
        wanted.append((_MATCHES, "words", f"{{{' '.join(_searched(reach))}}} : ({terms})"))
        if _spares_restricted(reach):
            public = f"{{{' '.join(PUBLIC)}}} : ({terms})"
            wanted.append((f"({_USED} OR {_MATCHES})", "public_words", public))
    kept = [(text, name, value) for text, name, value in wanted if value is not None]
    conditions = " AND ".join(text.format(name) for text, name, _ in kept) or "TRUE"
    return conditions, {name: value for _, name, value in kept}


def _rank(question: Question, reach: Reach) -> Statement:
    """Say by which column a case fits best; all are alike where that is not asked."""
    if question.words is None or question.order is not Order.RANK:
        return "0", {}
    terms = " OR ".join(asked(question.words))
    columns = [column for column in _FITTING if column in _searched(reach)]
    found = {column: _MATCHES.format(f"in_{column}") for column in columns}
    if _spares_restricted(reach):
        found[PERSONAL] = f"{_USED} AND {found[PERSONAL]}"
    whens = [f"WHEN {found[c]} THEN {_FITTING.index(c)}" for c in columns]
    values = {f"in_{column}": f"{column} : ({terms})" for column in columns}
    return f"CASE {' '.join(whens)} ELSE {_LEAST} END", values


def _searched(reach: Reach) -> Sequence[str]:
    return (*PUBLIC, PERSONAL) if reach.personal else PUBLIC


def _spares_restricted(reach: Reach) -> bool:
    return reach.personal and not reach.restricted


def _time(question: Question, name: str) -> str | None:
    moment = getattr(question, name)
    return None if moment is None else to_text(moment)
