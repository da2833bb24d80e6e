"""Cases are found by what they say, by whoever may see that they say it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import msgspec
import pytest
from sqlite_utils import Database

from ledger.actor import CLOCK
from ledger.application import Book
from ledger.calendar import load_calendars
from ledger.catalogue import load_catalogue
from ledger.entry import Entry
from ledger.events import CaseReviewed
from ledger.projections.folds import Folds
from ledger.projections.follower import rebuild
from ledger.projections.search import Search
from ledger.projections.view import apply, content_digest, prepare, read_only
from ledger.searching import Order, Question, Reach, Searching
from ledger.subject_events import (
    RestrictionLifted,
    SubjectErased,
    SubjectRestricted,
    subject_id,
)
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    CLERK,
    NOON,
    SUBMIT,
    applicant,
    at,
    files,
    official,
)
from tests.ledger.delivering import REGISTER
from tests.ledger.fakes import FakeSubjectKeys
from tests.ledger.importing.logs import attribute, event, trace
from tests.ledger.ledgers import check_log, do, opened

CALENDARS = load_calendars()
BOOK = Book(catalogue=load_catalogue(calendars=CALENDARS), calendars=CALENDARS)
FOOD, FIRE = "gd.zhaoqing.food-operation-licence", "gd.zhaoqing.fire-safety-check"
MARKET = "gd.zhaoqing.market-regulation"
FIRST, SECOND, THIRD = (UUID(int=n) for n in (1, 2, 3))
ANYONE = Reach()
OWN = Reach(subject=APPLICANT.principal, personal=True, restricted=True)
OFFICE = Reach(authority=MARKET, personal=True)
FORMS = {
    FIRST: {"owner": "陳大文", "name_en": "CHAN Tai-man", "shop": "發記茶餐廳"},
    SECOND: {"owner": "范小華", "shop": "Kowloon Noodles"},
    THIRD: {"owner": "陈大明", "shop": "Peak Trading"},
}


def submitted(case_id, item, form):
    """An application that lacks nothing."""
    materials = files(*(material.id for material in BOOK.catalogue.current(item).materials))
    return replace(SUBMIT, case_id=case_id, item=item, form=form, materials=materials)


@pytest.fixture
def keys():
    return FakeSubjectKeys()


@pytest.fixture
def ledger(database, clock, keys):
    ledger = opened(database, clock, keys=keys, book=BOOK)
    yield ledger
    check_log(ledger)
    ledger.close()


@pytest.fixture
def view(ledger):
    return Search(BOOK.catalogue, BOOK.calendars, ledger.opened)


@pytest.fixture
def cases(ledger, clock):
    """Two cases of one person at two offices, and another's at the first, a minute apart."""
    for id, item, person in (
        (FIRST, FOOD, APPLICANT),
        (SECOND, FIRE, APPLICANT),
        (THIRD, FOOD, applicant("applicant-2")),
    ):
        do(ledger, submitted(id, item, FORMS[id]), person)
        clock.now += timedelta(minutes=1)


@pytest.fixture
def search(folder, follow, view):
    """Searches a view that is up to the log."""

    def search():
        follow(view).catch_up()
        return Searching(folder)

    return search


def found(searching, words, reach=ANYONE, **narrowed):
    question = Question(words=words, **narrowed)
    page = searching.find(question, reach)
    if question.limit is None and page.cases:
        # A page is looked for another way: see `statements.newest`.
        whole = searching.find(replace(question, limit=len(page.cases)), reach)
        assert whole.cases == page.cases
    return [UUID(row["id"]).int for row in page.cases]


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

    assert numbers == [*range(1, 24)]
    assert pages == 5


# The view


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


def stands(ledger, *events):
    """Record how the first applicant's data stand."""
    stream = subject_id(APPLICANT.principal)
    for happened in events:
        now, version = ledger.now(), len(ledger.entries(stream)) + 1
        entry = Entry(
            stream=stream,
            version=version,
            event=happened,
            recorded_at=now,
            effective_at=now,
            actor=CLOCK,
            subject=APPLICANT.principal,
        )
        ledger.record([entry])


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


def test_the_rows_do_not_depend_on_how_the_log_was_cut(ledger, bring, cases, view):
    do(ledger, replace(ACCEPT, case_id=FIRST), official(CLERK.role, MARKET))
    bring(trace("1", event("apply")), trace("2", event("apply")))
    bring(trace("1", event("check")), trace("2", event("apply")))
    stands(ledger, SubjectRestricted(ground="objection"))
    bring(trace("1", event("apply")), trace("2", event("apply")))
    stands(ledger, SubjectErased(ground="objection"))
    entries = [*ledger.read(0)]

    digests = {digest_of(ledger, view, entries, size) for size in (1, 2, 7, len(entries))}

    assert len(digests) == 1


def test_what_is_said_again_is_the_same_row_however_the_log_was_cut(ledger, cases, view):
    [*_, last] = ledger.entries(FIRST)
    for more in (1, 2):
        again = CaseReviewed(recommendation="grant", findings=FORMS[FIRST]["owner"])
        ledger.record([msgspec.structs.replace(last, version=last.version + more, event=again)])
    entries = [*ledger.read(0)]

    digests = {digest_of(ledger, view, entries, size) for size in (1, len(entries))}

    assert len(digests) == 1


def digest_of(ledger, view, entries, size):
    """The digest of the view's rows when `size` entries are taken at a time."""
    folds = Folds(partial(ledger.entries, opened=False))
    with closing(Database(memory=True)) as db:
        prepare(db, view)
        for start in range(0, len(entries), size):
            apply(db, view, entries[start : start + size], folds)
        return content_digest(db, view)


def test_the_index_holds_what_the_rows_hold(ledger, bring, cases, search, folder):
    search()
    do(ledger, replace(ACCEPT, case_id=FIRST), official(CLERK.role, MARKET))
    bring(trace("1", event("apply")))
    bring(trace("1", event("check")))
    search()

    with closing(read_only(folder / "search.sqlite")) as db, closing(copy(db)) as copied:
        # Compares every token with the rows, and raises where one is not there.
        copied.execute(
            "INSERT INTO search_fts (search_fts, rank) VALUES ('integrity-check', 1)"
        )


def copy(db):
    copied = sqlite3.connect(":memory:")
    db.conn.backup(copied)
    return copied
