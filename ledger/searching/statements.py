"""A question in SQL. What a caller wrote stands in values only, never in the text."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from ledger.counting import counting
from ledger.projections.search_index import PERSONAL, PUBLIC, SHOWN
from ledger.projections.search_text import asked, looked_for
from ledger.projections.times import to_text
from ledger.searching.question import Order, Place, Question, Reach

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
_SAYS = "instr(' ' || {}, :{}) > 0"
_NEWEST = 5_000
_USED = "subject NOT IN (SELECT subject FROM standings)"
_LATER = "(last < :after_last OR last = :after_last AND id > :after_id)"
_BEYOND = f"(rank > :after_rank OR rank = :after_rank AND {_LATER})"


def page(question: Question, reach: Reach) -> Statement:
    """Return what selects a page of cases, each with its rank."""
    where, values = _conditions(question, reach)
    rank, ranked = _rank(question, reach)
    found = f"SELECT {', '.join(SHOWN)}, {rank} AS rank FROM search WHERE {where}"
    sql = f"SELECT * FROM ({found})"
    after = question.after
    if after is not None:
        sql += f" WHERE {_BEYOND}"
        values |= _place(after)
    # Without a rank the index on the last change gives the order.
    sql += f" ORDER BY {'rank, ' if ranked else ''}last DESC, id"
    if question.limit is not None:
        sql += " LIMIT :limit"
        values["limit"] = question.limit
    return sql, values | ranked


def newest(question: Question, reach: Reach) -> Statement | None:
    """Return what looks for the words among what changed last, if that may do.

    A word that many cases have is soon found there. Taking all cases that have it
    first, and sorting them, would take the longer the more there are.
    """
    if question.words is None or question.limit is None or question.order is Order.RANK:
        return None
    where, values = _conditions(replace(question, words=None), reach)
    if question.after is not None:
        where += f" AND {_LATER}"
        values |= _place(question.after)
    said, words = _said(question.words, reach)
    order = "ORDER BY last DESC, id"
    last = f"SELECT * FROM search WHERE {where} {order} LIMIT {_NEWEST}"
    sql = (
        f"SELECT {', '.join(SHOWN)}, 0 AS rank FROM ({last}) WHERE {said} {order} LIMIT :limit"
    )
    return sql, {**values, **words, "limit": question.limit}


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


def _said(words: str, reach: Reach) -> Statement:
    """Say that a row has every one of `words`, as the index would, from the row itself."""
    asked_for = {
        f"said_{n}_{m}": f" {phrase}"
        for n, phrases in enumerate(looked_for(words))
        for m, phrase in enumerate(phrases)
    }

    def has(columns: Sequence[str]) -> str:
        return " AND ".join(
            f"({' OR '.join(each)})"
            for _, names in groupby(asked_for, lambda name: name.rpartition("_")[0])
            for each in [[_SAYS.format(c, name) for name in names for c in columns]]
        )

    where = has(_searched(reach))
    if _spares_restricted(reach):
        where += f" AND ({_USED} OR {has(PUBLIC)})"
    return where, asked_for


def _place(after: Place) -> dict[str, Any]:
    return {"after_rank": after.rank, "after_last": after.last, "after_id": after.id}


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
