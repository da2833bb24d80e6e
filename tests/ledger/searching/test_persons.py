"""A person who was erased or restricted is found no more, or by themselves alone."""

from contextlib import closing

import msgspec
import pytest

from ledger.events import CaseReviewed
from ledger.projections.follower import rebuild
from ledger.projections.view import content_digest, read_only
from ledger.searching import Order, Question, Reach
from ledger.subject_events import RestrictionLifted, SubjectErased, SubjectRestricted
from tests.ledger.cases import APPLICANT
from tests.ledger.searching.asking import FIRST, OFFICE, OWN, found, stands


def content(folder, view):
    with closing(read_only(folder / "search.sqlite")) as db:
        digest = content_digest(db, view)
        text = "\n".join(db.conn.iterdump())
    return digest, text


def test_a_rebuilt_view_holds_nothing_of_a_person_who_was_erased(
    ledger, keys, cases, search, folder, view
):
    assert found(search(), "陈大文", OWN) == [1]

    keys.erase(APPLICANT.principal)
    rebuild(ledger, folder, view)

    _, text = content(folder, view)
    assert found(search(), "陈大文", OWN) == []
    assert found(search(), "陈大明", OFFICE) == [3]
    assert found(search(), "food", OWN) == [1]
    assert "erased" not in text
    assert "陈大" in text
    for word in ("大文", "范小", "kowloon", "taiman", "发记"):
        assert word not in text


@pytest.mark.parametrize("order", Order)
def test_a_person_whose_data_are_restricted_is_found_by_themselves_alone(
    ledger, cases, search, order
):
    stands(ledger, SubjectRestricted(ground="objection"))

    assert found(search(), "陈大文", OWN, order=order) == [1]
    assert found(search(), "陈大文", OFFICE, order=order) == []
    assert search().count(Question(words="陈大"), OFFICE).total == 1
    assert found(search(), "陈大", OFFICE, order=order) == [3]
    assert found(search(), "food", OFFICE, order=order) == [3, 1]
    assert found(search(), "food 陈大文", OFFICE, order=order) == []

    stands(ledger, RestrictionLifted())

    assert found(search(), "陈大文", OFFICE, order=order) == [1]


def test_nobody_finds_a_person_once_their_erasure_is_recorded(
    ledger, cases, search, folder, view
):
    search()
    stands(ledger, SubjectRestricted(ground="objection"), SubjectErased(ground="objection"))

    for reach in (OWN, OFFICE, Reach(personal=True, restricted=True)):
        assert found(search(), "陈大文", reach) == []
    assert found(search(), "food", OFFICE) == [3, 1]
    digest, _ = content(folder, view)
    rebuild(ledger, folder, view)
    assert content(folder, view)[0] == digest


def test_what_is_said_of_a_person_after_their_erasure_is_not_found_either(
    ledger, cases, search
):
    stands(ledger, SubjectErased(ground="objection"))
    search()
    [*_, last] = ledger.entries(FIRST)
    # Nobody may give such a command; were it in the log, it would be no way around.
    reviewed = CaseReviewed(recommendation="grant", findings="Obviously genuine")
    ledger.record([msgspec.structs.replace(last, version=last.version + 1, event=reviewed)])

    assert found(search(), "genuine", OFFICE) == []
    assert found(search(), "genuine", OWN) == []
    assert found(search(), "under review", OFFICE) == [1]
