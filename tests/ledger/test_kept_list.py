"""The list of what is kept of persons tells what is over exactly where the case is."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlite_utils import Database

from ledger.actor import CLOCK
from ledger.case import fold
from ledger.commands import (
    DeclareNotRequired,
    LapseTolerance,
    RejectAtIntake,
    WithdrawApplication,
)
from ledger.projections.folds import Folds
from ledger.projections.kept_list import Kept, KeptList
from ledger.rules.subjects import is_over
from ledger.subject_events import SubjectErased
from tests.ledger.cases import APPLICANT, CASE, NOON, REVIEWER
from tests.ledger.examples import EXAMPLES
from tests.ledger.procedure import closed, received, tolerated

NOTHING = Folds(lambda _stream: ())
WITHDRAW = WithdrawApplication(case_id=CASE, reason="no more")
REJECT = RejectAtIntake(
    case_id=CASE, competent_body="the next town", reasons="not ours", remedies=("sue",)
)
NOT_REQUIRED = DeclareNotRequired(case_id=CASE, reasons="no licence needed")


@pytest.fixture
def db():
    db = Database(memory=True)
    KeptList().create(db)
    return db


def told(db, *entries):
    KeptList().apply(db, entries, NOTHING)
    return KeptList.of(db, APPLICANT.principal)


@pytest.mark.parametrize(
    "walked",
    [
        pytest.param(closed, id="closed"),
        pytest.param(lambda: received().do(WITHDRAW, APPLICANT), id="withdrawn"),
        pytest.param(lambda: received().do(REJECT, REVIEWER), id="rejected"),
        pytest.param(lambda: received().do(NOT_REQUIRED, REVIEWER), id="not required"),
        pytest.param(
            lambda: (
                tolerated()
                .at(NOON + timedelta(days=60))
                .do(LapseTolerance(case_id=CASE), CLOCK)
            ),
            id="lapsed",
        ),
    ],
)
def test_a_case_is_over_in_the_list_when_it_is_in_the_log(db, walked):
    entries = walked().entries

    for n in range(1, len(entries) + 1):
        [kept] = told(db, entries[n - 1])
        case = fold(entries[:n])
        assert case is not None
        assert (kept.over_at is not None) == is_over(case)
        assert kept.item == case.item
    assert kept.over_at is not None


def test_who_was_erased_has_no_row(db):
    entries = closed().entries
    erased = replace(entries[-1], event=SubjectErased(ground="pipl-47"))

    assert told(db, *entries) != []
    assert told(db, erased) == []


def test_an_open_request_has_no_end_until_it_is_answered(db):
    who = {"subject": APPLICANT.principal, "stream": CASE}
    made, refused = (
        replace(EXAMPLES[name], **who) for name in ("request.made.v1", "request.refused.v1")
    )
    item = made.item

    assert told(db, made) == [Kept(None, None)]
    [kept] = told(db, refused)
    assert (kept.item, kept.over_at) == (item, "2026-02-10T04:00:00.123456Z")


@pytest.mark.parametrize(
    "name", ["transfer.recorded.v1", "subject.restricted.v1", "retention.ended.v1"]
)
def test_what_the_ledger_does_by_itself_is_no_dealing_of_the_person(db, name):
    assert told(db, replace(EXAMPLES[name], subject=APPLICANT.principal)) == []
