"""What may be asked of the views: lists, one case's timeline, and what is due."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from ledger.case_rows import Which
from ledger.errors import CaseNotFound
from tests.ledger.cases import (
    A_MOMENT,
    ACCEPT,
    APPLICANT,
    CALENDARS,
    CASE,
    CLERK,
    HK_ITEM,
    REVIEWER,
    SUBMIT,
    applicant,
    at,
)
from tests.ledger.delivering import REGISTER
from tests.ledger.importing.logs import event, trace
from tests.ledger.ledgers import do

FIRST, SECOND, THIRD = (UUID(int=n) for n in (1, 2, 3))
THE_END = at("2026-02-25 00:00")


@pytest.fixture
def cases(ledger, queries):
    """Three cases: two of one person, one of them in Hong Kong, and one accepted."""
    do(ledger, replace(SUBMIT, case_id=FIRST), APPLICANT)
    do(ledger, replace(SUBMIT, case_id=SECOND, item=HK_ITEM.id), APPLICANT)
    do(ledger, replace(SUBMIT, case_id=THIRD), applicant("applicant-2"))
    do(ledger, replace(ACCEPT, case_id=THIRD), CLERK)
    return queries()


def ids(rows):
    return [UUID(hex=row["id"]).int for row in rows]


def test_every_case_is_listed_by_id(cases):
    assert ids(cases.cases(Which())) == [1, 2, 3]


@pytest.mark.parametrize(
    ("which", "listed"),
    [
        (Which(status="RECEIVED"), [1, 2]),
        (Which(authority="hk.shops"), [2]),
        (Which(subject="applicant-2"), [3]),
        (Which(subject="applicant-1", authority="gd.shops"), [1]),
        (Which(after=FIRST.hex), [2, 3]),
        (Which(limit=2), [1, 2]),
        (Which(after=FIRST.hex, limit=1), [2]),
        (Which(register=REGISTER), []),
        (Which().narrowed(authority="hk.shops"), [2]),
        (Which(authority="gd.shops").narrowed(authority="hk.shops"), [2]),
        (Which(subject="applicant-1").narrowed(subject="applicant-2"), [3]),
        (Which(subject="applicant-1").narrowed(), [1, 2]),
    ],
)
def test_a_list_is_narrowed_by_whatever_is_asked(cases, which, listed):
    assert ids(cases.cases(which)) == listed


def test_a_line_says_number_status_entries_and_times(cases):
    [line] = cases.lines(Which(subject="applicant-2"))

    assert line == ("GD20260210-AAAA-AAAA|ACCEPTED|3|2026-02-10T04:00:00Z|2026-02-10T04:00:00Z")


def test_a_case_is_named_by_id_or_by_receipt(ledger, queries):
    do(ledger, SUBMIT, APPLICANT)

    assert queries().resolve(str(CASE)) == CASE
    assert queries().resolve("GD20260210-CEIR-CEJC") == CASE
    with pytest.raises(CaseNotFound, match="REGISTER/NUMBER"):
        queries().resolve("GD20260210-XXXX-XXXX")


def test_the_numbers_of_a_register_are_known(bring, cases, queries):
    bring(trace("7", event()), trace("9", event()))

    assert sorted(queries().numbers(REGISTER)) == ["7", "9"]


def test_a_timeline_has_a_row_for_every_entry_of_a_case(cases):
    rows = cases.timeline(THIRD)

    assert [(row["version"], row["position"], row["role"]) for row in rows] == [
        (1, 6, "applicant"),
        (2, 7, "applicant"),
        (3, 8, "clerk"),
    ]
    assert rows[2]["legal_basis"] == "Licensing Law art. 32(5)"
    assert all(isinstance(row["details"], dict) for row in rows)
    assert "Chan" not in str(rows)
    assert cases.timeline(CASE) == []


# What is due


def test_a_duty_is_due_when_its_last_day_is_over_where_the_authority_sits(cases):
    before = cases.due(THE_END - A_MOMENT, CALENDARS)
    after = cases.due(THE_END, CALENDARS)

    assert [(due.case_id, due.duty) for due in before] == [(SECOND, "intake")]
    assert [(due.case_id, due.duty, due.due) for due in after] == [
        (SECOND, "intake", "2026-02-20"),
        (FIRST, "intake", "2026-02-24"),
    ]
    assert not any(due.outdated for due in after)


def test_a_provisional_duty_is_never_due(ledger, clock, queries):
    clock.now = at("2026-12-29 12:00")
    do(ledger, SUBMIT, APPLICANT)

    assert queries().due(clock.now + timedelta(days=99), CALENDARS) == []


def test_a_new_notice_makes_every_duty_counted_before_it_outdated(cases):
    newer = {**CALENDARS, "CN": replace(CALENDARS["CN"], version="CN 2026-02-11")}

    outdated = cases.due(at("2026-02-11 00:00"), newer)

    assert {(due.case_id, due.duty, due.version) for due in outdated} == {
        (FIRST, "intake", "CN 2026-02-11"),
        (THIRD, "decision", "CN 2026-02-11"),
        (THIRD, "statutory_decision", "CN 2026-02-11"),
    }
    assert all(due.outdated for due in outdated)


def test_a_case_that_goes_on_has_the_duty_of_its_new_state(ledger, queries):
    do(ledger, SUBMIT, APPLICANT)
    queries()
    do(ledger, ACCEPT, REVIEWER)

    assert queries().due(at("2027-01-01 00:00"), CALENDARS) == []
