"""A view of those cases, and what searches it once it is up to the log."""

from datetime import timedelta

import pytest

from ledger.projections.search import Search
from ledger.searching import Searching
from tests.ledger.cases import APPLICANT, applicant
from tests.ledger.fakes import FakeSubjectKeys
from tests.ledger.ledgers import check_log, do, opened
from tests.ledger.searching.asking import (
    BOOK,
    FIRE,
    FIRST,
    FOOD,
    FORMS,
    SECOND,
    THIRD,
    submitted,
)


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
