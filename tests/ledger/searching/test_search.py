"""Cases are found by what they say, by whoever may see that they say it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from ledger.searching import Order, Question, Reach
from tests.ledger.cases import ACCEPT, APPLICANT, CLERK, NOON, at, official
from tests.ledger.delivering import REGISTER
from tests.ledger.importing.logs import attribute, event, trace
from tests.ledger.ledgers import do
from tests.ledger.searching.asking import (
    ANYONE,
    FIRE,
    FIRST,
    FOOD,
    FORMS,
    MARKET,
    OFFICE,
    OWN,
    SECOND,
    found,
    submitted,
)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("食品经营许可", [3, 1]),
        ("食品經營許可（新申請）", [3, 1]),
        ("food lic", [3, 1]),
        ("FOOD LICENCE", [3, 1]),
        ("food 收件 肇慶市", [3, 1]),
        ("消防安全", [2]),
        ("fire received", [2]),
        ("gd.zhaoqing.fire-safety-check", [2]),
        ("RECEIVED", [3, 2, 1]),
        ("GD20260210", [3, 2, 1]),
        (str(SECOND), [2]),
        (SECOND.hex, [2]),
        ("food fire", []),
        ("licensing", []),
    ],
)
def test_anyone_within_reach_finds_a_case_by_what_is_not_personal(
    cases, search, words, numbers
):
    assert found(search(), words) == numbers


@pytest.mark.parametrize(
    ("words", "reach", "numbers"),
    [
        ("陈大文", OWN, [1]),
        ("陳大文", OFFICE, [1]),
        ("陈大", OFFICE, [3, 1]),
        ("陈大", OWN, [1]),
        ("范小华", OWN, [2]),
        ("範", OWN, [2]),
        ("发记", OFFICE, [1]),
        ("taiman chan", OFFICE, [1]),
        ("kowloon", OWN, [2]),
        ("kowloon", OFFICE, []),
        ("陈大文", ANYONE, []),
        ("陈", ANYONE, []),
        ("kowloon", ANYONE, []),
        ("food 陈大文", OFFICE, [1]),
        ("陈大明", OWN, []),
        ("陈大文", Reach(subject="applicant-2", personal=True), []),
        ("陈大文", Reach(authority="gd.zhaoqing.fire-safety", personal=True), []),
    ],
)
def test_a_person_is_found_only_by_who_may_see_them(cases, search, words, reach, numbers):
    assert found(search(), words, reach) == numbers
    assert search().count(Question(words=words), reach).total == len(numbers)


def test_what_is_asked_cannot_reach_into_another_column(cases, search):
    for words in ("{personal} : 陈大文", "personal:陈大文", '"陈大文" OR food', "陈大文*"):
        assert found(search(), words, ANYONE) == []


@pytest.mark.parametrize(
    ("narrowed", "numbers"),
    [
        ({"status": "ACCEPTED"}, [1]),
        ({"status": "RECEIVED"}, [3, 2]),
        ({"authority": MARKET}, [1, 3]),
        ({"item": FIRE}, [2]),
        ({"subject": "applicant-2"}, [3]),
        ({"register": REGISTER}, [101]),
        ({"opened_from": NOON + timedelta(minutes=1)}, [3, 2]),
        ({"opened_until": NOON + timedelta(minutes=1), "item": FOOD}, [1]),
        ({"changed_from": NOON + timedelta(minutes=3)}, [1]),
        ({"changed_until": NOON + timedelta(minutes=1)}, [2, 101]),
        ({"overdue_at": at("2026-02-24 23:59")}, []),
        ({"overdue_at": at("2026-02-25 00:00")}, [1, 3, 2]),
        ({"status": "ACCEPTED", "item": FIRE}, []),
    ],
)
def test_what_is_found_is_narrowed_by_whatever_is_asked(
    ledger, bring, cases, search, narrowed, numbers
):
    do(ledger, replace(ACCEPT, case_id=FIRST), official(CLERK.role, MARKET))
    bring(trace("101", event("apply")))
    searching = search()

    page = searching.find(Question(**narrowed), ANYONE).cases
    counts = searching.count(Question(**narrowed), ANYONE)

    names = [int(row["number"]) if row["register"] else UUID(row["id"]).int for row in page]
    assert names == numbers
    assert counts.total == len(numbers)


def test_what_somebody_asks_for_never_widens_their_reach(cases, search):
    searching = search()

    assert found(searching, None, OWN, subject="applicant-2") == []
    assert found(searching, None, OFFICE, authority="gd.zhaoqing.fire-safety") == []


def test_what_was_found_is_counted_by_status_authority_and_item(ledger, bring, cases, search):
    do(ledger, replace(ACCEPT, case_id=FIRST), official(CLERK.role, MARKET))
    bring(trace("101", event("apply")))
    searching = search()

    everything = searching.count(Question(limit=1), ANYONE)
    own = searching.count(Question(words="zhaoqing"), OWN)

    assert (everything.total, own.total) == (4, 2)
    assert everything.by["register"] == {REGISTER: 1}
    assert everything.by["item"] == {FIRE: 1, FOOD: 2}
    assert own.by["status"] == {"ACCEPTED": 1, "RECEIVED": 1}
    assert own.by["item"] == {FIRE: 1, FOOD: 1}
    assert sum(own.by["authority"].values()) == 2


def test_an_imported_case_is_found_by_what_happened_in_it_and_never_by_its_attributes(
    bring, search
):
    bring(trace("A-17", attribute("applicant", "Wong"), event("apply", who="Chan Tai Man")))
    searching = search()

    for words in ("apply", "APPLIED", REGISTER, "A-17", "17", f"{REGISTER} app"):
        assert len(found(searching, words)) == 1
    for words in ("chan", "wong"):
        assert found(searching, words, Reach(personal=True)) == []


def test_a_case_that_no_fact_tells_of_any_more_is_not_found(bring, search):
    bring(trace("1", event("apply")), trace("2", event("apply")))
    assert len(found(search(), "apply")) == 2

    bring(trace("1", event("check")), trace("2", event("apply")))

    assert len(found(search(), "apply")) == 1
    assert len(found(search(), "check")) == 1


def test_what_fits_best_comes_first_and_then_what_changed_last(ledger, cases, clock, search):
    form = {"shop": "Food for Thought"}
    do(ledger, submitted(UUID(int=9), FIRE, form), APPLICANT)
    clock.now += timedelta(minutes=1)
    do(ledger, replace(ACCEPT, case_id=FIRST), official(CLERK.role, MARKET))
    searching = search()

    assert found(searching, "food", OWN) == [1, 9]
    assert found(searching, "food", OWN, order=Order.RANK) == [9, 1]
    assert found(searching, "food", ANYONE, order=Order.RANK) == [1, 3]
    assert found(searching, "zhaoqing", OWN, order=Order.RANK) == [1, 9, 2]


@pytest.mark.parametrize("order", Order)
def test_pages_hold_every_case_once_also_where_all_are_alike(ledger, search, order):
    for number in range(1, 24):
        do(ledger, submitted(UUID(int=number), FOOD, FORMS[FIRST]), APPLICANT)
    searching = search()
    question = Question(words="food", order=order, limit=5)

    numbers, pages = [], 0
    while True:
        page = searching.find(question, OWN)
        numbers += [UUID(row["id"]).int for row in page.cases]
        pages += 1
        if page.next is None:
            break
        question = replace(question, after=type(page.next).of(str(page.next)))

    # Of what changed at one moment, what the log has last comes first.
    assert numbers == [*range(23, 0, -1)]
    assert pages == 5
