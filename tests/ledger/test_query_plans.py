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
from ledger.searching import Place, Question, Reach
from ledger.searching.statements import page
from tests.ledger.cases import BOOK, CALENDARS

REACHES = {
    "everything": Reach(),
    "an office": Reach(authority="gd.shops", personal=True),
    "a person": Reach(subject="applicant-1", personal=True, restricted=True),
}


def narrowed(*names: str) -> list[dict[str, Any]]:
    """One or two of `names`, or none."""
    return [
        dict.fromkeys(chosen, "some")
        for count in range(3)
        for chosen in combinations(names, count)
    ]


def check(db: Database, sql: str, values: Any) -> None:
    """Look at how SQLite means to answer."""
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]

    for step in plan:
        assert "TEMP B-TREE" not in step, plan
        assert not step.startswith("SCAN") or "USING INDEX" in step, plan


@pytest.mark.parametrize("after", [None, "00"])
@pytest.mark.parametrize("which", narrowed("register", "status", "authority", "subject"))
def test_a_page_of_the_case_list(which, after):
    db = Database(memory=True)
    CaseList(CALENDARS).create(db)

    check(db, *case_rows.page(Which(**which, after=after, limit=50)))
    db.close()


@pytest.mark.parametrize("reach", REACHES)
def test_a_page_of_a_search_without_words(reach):
    db = Database(memory=True)
    Search(BOOK.catalogue, CALENDARS, list).create(db)

    for which in narrowed("register", "status", "item", "authority", "subject"):
        for after in (None, Place(rank=0, last="2026-02-10T12:00:00.000000Z", id="00")):
            check(db, *page(Question(**which, after=after, limit=50), REACHES[reach]))
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
