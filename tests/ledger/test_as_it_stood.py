"""Views folded as they stood: one at a time, kept for the next page, and never if personal."""

import threading
from dataclasses import replace
from uuid import UUID

import pytest

from ledger.cut import Cut
from ledger.errors import ViewBehind
from ledger.opening import all_views
from ledger.projections.as_it_stood import AsItStood
from ledger.projections.timeline import Timeline
from ledger.projections.view import content_digest
from tests.ledger.cases import APPLICANT, NOON, SUBMIT
from tests.ledger.following import read
from tests.ledger.ledgers import do


class Counted(Timeline):
    """Counts how often it was made."""

    made = 0

    def create(self, db):
        self.made += 1
        super().create(db)


@pytest.fixture
def cases(ledger):
    for number in (1, 2):
        do(ledger, replace(SUBMIT, case_id=UUID(int=number)), APPLICANT)


def rows(stood, view, cut):
    with stood.database(view, cut) as db:
        return db.table("timeline").count


def test_every_view_at_the_head_is_the_view_of_now(ledger, cases, follow, folder):
    views = all_views(ledger)
    follow(*views).catch_up()

    for view in views:
        for cut in (Cut(position=ledger.head), Cut()):
            with AsItStood(ledger).database(view, cut) as db:
                assert content_digest(db, view) == read(folder, view)[1]


def test_what_is_asked_again_is_folded_once(ledger, cases):
    stood, view = AsItStood(ledger), Counted()

    assert [rows(stood, view, Cut(position=3)) for _ in range(3)] == [2, 2, 2]
    assert rows(stood, view, Cut(as_of=NOON)) == 4
    assert view.made == 2


def test_a_new_entry_counts_where_it_may_and_nowhere_else(ledger, cases):
    stood, view = AsItStood(ledger), Counted()
    open_ended, fixed = Cut(as_of=NOON), Cut(position=ledger.head)
    before = rows(stood, view, open_ended), rows(stood, view, fixed)

    do(ledger, replace(SUBMIT, case_id=UUID(int=3)), APPLICANT)

    assert (rows(stood, view, open_ended), rows(stood, view, fixed)) == (6, 4)
    assert (before, view.made) == ((4, 4), 3)


def test_nothing_is_kept_of_what_is_personal(ledger, cases):
    class Personal(Counted):
        personal = True

    stood, view = AsItStood(ledger), Personal()

    for _ in range(2):
        rows(stood, view, Cut(position=3))

    assert view.made == 2


def test_whoever_asks_while_another_is_folded_is_told_to_try_again(ledger, cases):
    stood, refused = AsItStood(ledger, seconds=0.01), []

    def ask():
        with pytest.raises(ViewBehind, match="try again"):
            rows(stood, Timeline(), Cut(position=2))
        refused.append(True)

    with stood.database(Timeline(), Cut(position=3)):
        other = threading.Thread(target=ask)
        other.start()
        other.join()

    assert refused
    assert rows(stood, Timeline(), Cut(position=2)) == 1
