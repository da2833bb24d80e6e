"""No list and no search reads a whole table, or sorts more than a page, however narrowed."""

from itertools import combinations
from typing import Any

import pytest
from sqlite_utils import Database

from ledger import case_rows
from ledger.case_rows import Which
from ledger.projections.case_list import CaseList
from ledger.projections.handover_list import HandoverList
from ledger.projections.search import Search
from ledger.searching import Question, Reach
from ledger.searching.matching import matching
from ledger.searching.question import LAST
from ledger.searching.statements import candidates
from tests.ledger.cases import BOOK, CALENDARS

REACHES = {
    "everything": Reach(),
    "an office": Reach(authority="gd.shops", personal=True),
    "a person": Reach(subject="applicant-1", personal=True, restricted=True),
}

INDEX = "SCAN search_fts VIRTUAL TABLE INDEX 192:M5<"
"""What matches (M5) below a row (<), in the order of rows and from the greatest on (192)."""


def narrowed(*names: str) -> list[dict[str, Any]]:
    """One or two of `names`, or none."""
    return [
        dict.fromkeys(chosen, "some")
        for count in range(3)
        for chosen in combinations(names, count)
    ]


def check(db: Database, sql: str, values: Any, at_hand: str | None = None) -> None:
    """Look at how SQLite means to answer; what comes from an index `at_hand` is no scan."""
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]

    for step in plan:
        assert "TEMP B-TREE" not in step, plan
        if step == at_hand:
            continue
        assert not step.startswith("SCAN") or "USING INDEX" in step, plan


@pytest.mark.parametrize("after", [None, "00"])
@pytest.mark.parametrize("which", narrowed("register", "status", "authority", "subject"))
def test_a_page_of_the_case_list(which, after):
    db = Database(memory=True)
    CaseList(CALENDARS).create(db)

    check(db, *case_rows.page(Which(**which, after=after, limit=50)))
    db.close()


@pytest.mark.parametrize("words", [None, "food", "食品 licence"])
@pytest.mark.parametrize("reach", REACHES)
def test_a_page_of_a_search(reach, words):
    db = Database(memory=True)
    Search(BOOK.catalogue, CALENDARS, list).create(db)

    for which in narrowed("register", "status", "item", "authority", "subject"):
        for below in (LAST, 17):
            question = Question(words=words, **which, limit=50)
            match = matching(question, REACHES[reach], lambda _: True)
            sql, values = candidates(question, REACHES[reach], match, below=below, most=5_000)
            # The one table that is no table is asked for what matches, in the order of rows.
            check(db, sql, values, at_hand=INDEX)
            assert (match is None) == ("search_fts" not in sql)
    db.close()


def test_a_page_of_handovers():
    db, asked = Database(memory=True), list[str]()
    HandoverList().create(db)

    for which in narrowed("subject", "authority", "status"):
        db.conn.set_trace_callback(asked.append)
        none: dict[str, Any] = {"subject": None, "authority": None, "status": None}
        HandoverList.page(db, **none | which, after="", limit=50)
        db.conn.set_trace_callback(None)
        check(db, asked[-1], ())
    db.close()
