"""Views follow the log: every entry once, rows and position together, whatever happens."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace as changed

from ledger.opening import all_views
from ledger.projections.follower import rebuild
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    APPROVER,
    CASE,
    CLERK,
    GRANT,
    REVIEW,
    REVIEWER,
    SUBMIT,
)
from tests.ledger.following import Steps, a_case, read, rows
from tests.ledger.ledgers import do


def test_views_follow_the_log_to_its_head(ledger, folder, follow):
    a_case(ledger)

    reached = follow(Steps()).catch_up()

    assert reached == ledger.head == 5
    assert rows(folder) == [
        (2, "DRAFT", 0),
        (3, "RECEIVED", 0),
        (4, "RECEIVED", 1),
        (5, "ACCEPTED", 1),
    ]


def test_nothing_is_applied_twice(ledger, folder, follow):
    a_case(ledger)
    follower = follow(Steps())
    follower.catch_up()

    follower.catch_up()

    assert len(rows(folder)) == 4


def test_rows_and_position_are_committed_together_or_not_at_all(ledger, folder, follow):
    follow(Steps()).catch_up()
    a_case(ledger)

    with pytest.raises(OSError, match="made to fail"):
        follow(Steps(broken=4)).catch_up()

    assert rows(folder) == []
    assert read(folder, Steps())[0] == 1


def test_a_view_that_failed_goes_on_as_if_it_had_not(ledger, folder, follow):
    a_case(ledger)
    view = Steps(broken=5)
    follower = follow(view)
    with pytest.raises(OSError, match="made to fail"):
        follower.catch_up()

    view.broken = None
    follower.catch_up()

    assert rows(folder)[0] == (2, "DRAFT", 0)
    assert len(rows(folder)) == 4


def test_one_view_that_fails_does_not_hold_the_log_back_for_the_next(ledger, folder, follow):
    a_case(ledger)
    follower = follow(*all_views(ledger), Steps(broken=2))

    with pytest.raises(OSError, match="made to fail"):
        follower.catch_up()

    assert [read(folder, view)[0] for view in all_views(ledger)] == [5] * len(all_views(ledger))


def test_one_view_that_fails_holds_back_no_other_however_long_the_log(ledger, folder, follow):
    [began] = ledger.read(0)
    ledger.record([changed(began, version=n) for n in range(2, 1_502)])
    follower = follow(Steps(broken=7), *all_views(ledger))

    with pytest.raises(OSError, match="made to fail"):
        follower.catch_up()

    assert [read(folder, view)[0] for view in all_views(ledger)] == [ledger.head] * len(
        all_views(ledger)
    )
    assert read(folder, Steps())[0] == 0
    assert follower.position == 0


def test_views_that_reach_unequally_far_are_each_given_what_they_lack(ledger, folder, follow):
    a_case(ledger)
    follow(Steps()).catch_up()
    do(ledger, replace(REVIEW, case_id=UUID(int=1)), REVIEWER)

    follow(Steps(), *all_views(ledger)).catch_up()

    assert len(rows(folder)) == 5
    assert [read(folder, view)[0] for view in all_views(ledger)] == [6] * len(all_views(ledger))


def test_a_follower_goes_on_where_another_stopped(ledger, folder, follow):
    a_case(ledger)
    first = follow(Steps())
    first.catch_up()
    first.close()
    do(ledger, replace(REVIEW, case_id=UUID(int=1)), REVIEWER)
    seen: list[Any] = []

    follow(Steps()).catch_up(seen.append)

    assert seen == [6]
    assert rows(folder)[-1] == (6, "UNDER_REVIEW", 1)


def test_a_running_follower_is_as_fresh_as_the_reader_asks(ledger, folder, follow):
    follower, stop = follow(Steps()), threading.Event()
    thread = threading.Thread(target=follower.run, args=(stop,), daemon=True)
    thread.start()
    for number in (1, 2):
        a_case(ledger, number)
        rebuild(ledger, folder, Steps())

        assert follower.wait_for(ledger.head, 5.0)
        assert read(folder, Steps())[0] == ledger.head

    assert not follower.wait_for(ledger.head + 1, 0.0)
    stop.set()
    ledger.wake()
    thread.join()


def test_a_follower_that_rests_ends_at_once_when_it_is_told_to(ledger, follow):
    class Slow(Steps):
        def apply(self, *given):
            sleep(0.1)
            super().apply(*given)

    follower, stop = follow(Slow()), threading.Event()
    thread = threading.Thread(target=follower.run, args=(stop,), daemon=True)
    thread.start()
    a_case(ledger)
    assert follower.wait_for(ledger.head, 5.0)
    sleep(0.05)

    began = monotonic()
    stop.set()
    follower.wake()
    thread.join()

    assert monotonic() - began < 0.5


def test_a_reader_who_waits_is_woken_when_the_views_are_there(ledger, follow):
    follower = follow(Steps())

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(follower.wait_for, 5, 10.0)
        a_case(ledger)
        while not waiting.running():
            pass
        follower.catch_up()

        assert waiting.result(timeout=5.0) is True


def test_a_long_log_is_followed_in_batches(ledger, folder, follow):
    [began] = ledger.read(0)
    ledger.record([changed(began, version=n) for n in range(2, 1_502)])
    a_case(ledger)
    seen: list[Any] = []

    follow(Steps()).catch_up(seen.append)

    assert seen == [1_000, ledger.head]
    assert len(rows(folder)) == 4


def test_a_view_shows_the_case_to_its_end(ledger, folder, follow):
    do(ledger, SUBMIT, APPLICANT)
    do(ledger, ACCEPT, CLERK)
    do(ledger, REVIEW, REVIEWER)
    do(ledger, GRANT, APPROVER)

    follow().catch_up()

    case_list, timeline, *_ = all_views(ledger)
    [row] = rows(folder, case_list)
    assert row[0] == CASE.hex
    assert "GRANTED" in row
    assert [row[3] for row in rows(folder, timeline)] == [
        "applicant.verified.v1",
        "application.received.v1",
        "application.accepted.v1",
        "case.reviewed.v1",
        "case.granted.v1",
    ]
