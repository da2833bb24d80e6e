"""What a view cannot apply is set aside with what follows it, seen, and tried again.

`a_case` adds four entries: the first case has positions 2 to 5, the second 6 to 9.
"""

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from uuid import UUID

import pytest

from ledger.errors import LogDamaged, ViewStopped
from ledger.opening import all_views
from ledger.projections.check import check
from ledger.projections.follower import rebuild
from ledger.projections.quarantine import HELD_BACK, MOST
from ledger.projections.view import read_only
from tests.ledger.cases import APPLICANT, REVIEW, REVIEWER, SUBMIT
from tests.ledger.following import Failing, Steps, a_case, read, rows, set_aside, stopped_at
from tests.ledger.importing.logs import event, trace
from tests.ledger.ledgers import do, opened

FIRST_CASE, SECOND_CASE = range(2, 6), range(6, 10)


@pytest.fixture
def two_cases(ledger):
    a_case(ledger, 1)
    a_case(ledger, 2)
    return ledger


def positions(folder):
    return [row[0] for row in rows(folder)]


def test_an_entry_that_cannot_be_applied_is_set_aside_with_the_rest_of_its_case(
    two_cases, folder, follow
):
    reached = follow(Failing(Steps(), at={3})).catch_up()

    assert reached == two_cases.head
    assert set_aside(folder) == {3: "KeyError", 4: HELD_BACK, 5: HELD_BACK}
    assert positions(folder) == [2, *SECOND_CASE]


def test_the_last_good_row_of_the_case_stays(two_cases, folder, follow):
    case_list, *_ = all_views(two_cases)

    follow(Failing(case_list, at={5})).catch_up()

    statuses = {row[0]: row[6] for row in rows(folder, case_list)}
    assert statuses == {UUID(int=1).hex: "RECEIVED", UUID(int=2).hex: "ACCEPTED"}


def test_what_comes_later_to_the_case_is_held_back_also_after_a_restart(
    two_cases, folder, follow
):
    first = follow(Failing(Steps(), at={5}))
    first.catch_up()
    first.close()
    do(two_cases, replace(REVIEW, case_id=UUID(int=1)), REVIEWER)
    do(two_cases, replace(REVIEW, case_id=UUID(int=2)), REVIEWER)

    again = follow(Steps())
    again.catch_up()

    assert set_aside(folder) == {5: "KeyError", 10: HELD_BACK}
    assert again.set_aside == 2
    assert positions(folder) == [2, 3, 4, *SECOND_CASE, 11]


def test_several_cases_may_be_set_aside(two_cases, folder, follow):
    follow(Failing(Steps(), at={2, 8})).catch_up()

    assert list(set_aside(folder)) == [*FIRST_CASE, 8, 9]
    assert positions(folder) == [6, 7]


def test_a_rebuild_after_a_fix_applies_everything(two_cases, folder, follow):
    follow(Failing(Steps(), at={3})).catch_up()

    left = rebuild(two_cases, folder, Steps())

    assert left == 0
    assert set_aside(folder) == {}
    assert positions(folder) == [*FIRST_CASE, *SECOND_CASE]


def test_a_rebuild_without_a_fix_says_what_it_left(two_cases, folder, follow):
    view = Failing(Steps(), at={3})
    follow(view).catch_up()

    left = rebuild(two_cases, folder, view)

    assert left == 3
    assert set_aside(folder) == {3: "KeyError", 4: HELD_BACK, 5: HELD_BACK}


def test_another_version_of_the_view_tries_everything_again(two_cases, folder, follow):
    follow(Failing(Steps(), at={3})).catch_up()
    newer = Steps()
    newer.version = 2

    follow(newer).catch_up()

    assert set_aside(folder) == {}
    assert positions(folder) == [*FIRST_CASE, *SECOND_CASE]


def test_before_an_entry_that_others_rest_on_the_view_stands_still(
    ledger, folder, follow, bring
):
    bring(trace("1", event("apply")))
    [mapping] = [e.position for e in ledger.read(0) if e.name == "mapping.recorded.v1"]
    others = all_views(ledger)
    follower = follow(Failing(Steps(), at={mapping}), *others)

    with pytest.raises(
        ViewStopped, match=f"steps stands still at position {mapping}: KeyError"
    ):
        follower.catch_up()

    assert read(folder, Steps)[0] == mapping - 1
    assert stopped_at(folder) == mapping
    assert set_aside(folder) == {}
    assert {read(folder, view)[0] for view in others} == {ledger.head}
    assert follower.troubles == {"steps": "ViewStopped"}
    assert follower.wait_for(ledger.head, 0.0, others[0].name)
    assert not follower.wait_for(mapping, 0.0, "steps")


def test_a_view_that_stood_still_goes_on_once_it_is_mended(two_cases, folder, follow):
    view = Failing(Steps(), at={1})
    follower = follow(view)
    for _ in range(2):
        with pytest.raises(ViewStopped):
            follower.catch_up()

    view.at.clear()
    follower.catch_up()

    assert stopped_at(folder) is None
    assert follower.troubles == {}
    assert positions(folder) == [*FIRST_CASE, *SECOND_CASE]


def test_since_when_a_view_stands_still_is_kept(two_cases, folder, follow, clock):
    follower = follow(Failing(Steps(), at={1}))
    since = []
    for _ in range(2):
        with pytest.raises(ViewStopped):
            follower.catch_up()
        with closing(read_only(folder / "steps.sqlite")) as db:
            since += db.execute("SELECT since FROM quarantined").fetchall()
        clock.now = clock.now.replace(hour=23)

    assert len(since) == 2
    assert since[0] == since[1]


def test_a_view_that_fails_at_almost_everything_is_at_fault_itself(ledger, folder, follow):
    for number in range(MOST + 1):
        do(ledger, replace(SUBMIT, case_id=UUID(int=number + 1)), APPLICANT)

    with pytest.raises(ViewStopped, match=f"position {2 * MOST + 2}"):
        follow(Failing(Steps(), at=range(2, 1_000))).catch_up()

    assert len([p for p in set_aside(folder).values() if p != HELD_BACK]) == MOST
    assert read(folder, Steps)[0] == 2 * MOST + 1


def test_nothing_is_set_aside_where_the_position_is_not_committed(two_cases, folder, follow):
    follow(Steps()).catch_up()
    do(two_cases, replace(REVIEW, case_id=UUID(int=1)), REVIEWER)
    do(two_cases, replace(REVIEW, case_id=UUID(int=2)), REVIEWER)

    class FailsTwice(Failing):
        def apply(self, db, entries, folds):
            if entries[0].position == 11:
                raise OSError("the disk is full")
            super().apply(db, entries, folds)

    with pytest.raises(OSError, match="full"):
        follow(FailsTwice(Steps(), at={10})).catch_up()

    assert set_aside(folder) == {}
    assert read(folder, Steps)[0] == 9


def test_our_log_is_told_once_by_position_and_never_by_content(
    two_cases, folder, follow, caplog
):
    follower = follow(Failing(Steps(), at={3}))

    for _ in range(3):
        follower.catch_up()

    alarms = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert alarms == ["the view steps sets position 3 aside: KeyError"]
    assert not any(UUID(int=1).hex in r.getMessage() for r in caplog.records)
    assert all(r.exc_info is None for r in caplog.records)


def test_verification_names_the_first_entry_that_is_set_aside(two_cases, folder, follow):
    view = Failing(Steps(), at={3})
    follow(view).catch_up()

    position, problem = check(two_cases, folder, view, lambda *_: None)

    assert position == 3
    assert problem == (
        "has set this entry aside: KeyError; `tongban rebuild steps` makes it anew"
    )


def test_rows_that_differ_are_found_also_beside_what_is_set_aside(two_cases, folder, follow):
    view = Failing(Steps(), at={3})
    follower = follow(view)
    follower.catch_up()
    follower.files[0].database().execute("UPDATE steps SET status = 'GRANTED'")

    _, problem = check(two_cases, folder, view, lambda *_: None)

    assert "is not the fold of the log" in str(problem)


@pytest.fixture
def damaged(tmp_path):
    """Opens a ledger with two cases, whose rows were changed behind its back."""
    made = []

    def damaged(change):
        path = str(tmp_path / "damaged.sqlite")
        with closing(opened(path)) as before:
            a_case(before, 1)
            a_case(before, 2)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            triggers = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in triggers.fetchall():
                db.execute(f"DROP TRIGGER {name}")
            db.execute(change)
        made.append(opened(path))
        return made[-1]

    yield damaged
    for ledger in made:
        ledger.close()


def test_an_entry_that_does_not_decode_is_set_aside(damaged, folder):
    ledger = damaged("UPDATE stored_events SET state = x'00' WHERE rowid = 3")

    left = rebuild(ledger, folder, Steps())

    assert left == 3
    assert set_aside(folder) == {3: "LogDamaged", 4: HELD_BACK, 5: HELD_BACK}
    assert positions(folder) == [2, *SECOND_CASE]


def test_before_an_entry_that_does_not_decode_and_others_rest_on_a_view_stands_still(
    damaged, folder
):
    ledger = damaged("UPDATE stored_events SET state = x'00' WHERE rowid = 1")

    with pytest.raises(ViewStopped, match="position 1: LogDamaged"):
        rebuild(ledger, folder, Steps())


def test_a_position_that_is_missing_is_never_passed_over(damaged, folder):
    ledger = damaged("DELETE FROM stored_events WHERE rowid = 8")

    with pytest.raises(LogDamaged, match="position 8 is missing"):
        rebuild(ledger, folder, Steps())
