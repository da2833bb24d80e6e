"""Revoked tokens and ended sessions: recorded once, told by list, known everywhere."""

import threading
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest

from ledger.actor import SYSTEM
from ledger.ended_sessions import LONGEST_SESSION, EndedSessions
from ledger.errors import CommandRejected
from ledger.revocation_events import SessionEnded
from ledger.revocations import LIST_BITS, Revocations, place_of
from tests.ledger.ledgers import SetClock, opened

REASON: dict[str, Any] = {"reason": "mistaken", "actor": SYSTEM}
ONE, OTHER = "ab" * 16, "cd" * 16


@pytest.fixture
def revocations(ledger):
    return Revocations(ledger)


def test_a_list_names_what_was_revoked_of_it(revocations):
    assert revocations.of_list("0") == frozenset()

    revocations.revoke("0", 1, **REASON)

    assert revocations.of_list("0") == {1}


def test_what_is_revoked_twice_is_recorded_once(revocations):
    first = revocations.revoke("0", 1, **REASON)

    again = revocations.revoke("0", 1, **REASON)

    assert again == first


def test_each_position_of_the_log_has_a_place_of_its_own():
    positions = [1, (1 << LIST_BITS) - 1, 1 << LIST_BITS, (1 << LIST_BITS) + 1]

    places = [place_of(position) for position in positions]

    assert places == [("0", 1), ("0", 65_535), ("1", 0), ("1", 1)]


@pytest.mark.parametrize("name", ["1", "00", "", "-1", "x", "sessions", "٣", "9" * 30])
def test_there_is_no_list_of_what_was_never_issued(revocations, name):
    assert revocations.of_list(name) is None
    with pytest.raises(CommandRejected):
        revocations.revoke(name, 1, **REASON)


@pytest.mark.parametrize("index", [0, -1, 2, 1 << LIST_BITS])
def test_nothing_is_revoked_that_the_log_has_not_reached(revocations, index):
    with pytest.raises(CommandRejected, match="issued"):
        revocations.revoke("0", index, **REASON)


def test_an_ended_session_counts_no_more_and_another_does(ledger, revocations, clock):
    revocations.end_session(ONE, **REASON)
    ended = EndedSessions(ledger)

    assert ended.includes(ONE, (), clock.now)
    assert not ended.includes(OTHER, (), clock.now)
    assert ended.living() == {ONE}


def test_all_sessions_of_somebody_end_and_one_opened_after_does_not(ledger, revocations, clock):
    revocations.end_sessions_of("subject-1", **REASON)
    ended = EndedSessions(ledger)

    assert ended.includes(ONE, ("subject-1",), clock.now)
    assert ended.includes(ONE, ("clerk-1", "subject-1"), clock.now - timedelta(minutes=9))
    assert not ended.includes(ONE, ("subject-1",), clock.now + timedelta(seconds=1))
    assert not ended.includes(ONE, ("subject-2", None), clock.now)


def test_what_sessions_outlived_is_forgotten(ledger, revocations, clock):
    ended = EndedSessions(ledger)
    for number in range(5):
        revocations.end_session(f"{number:032x}", **REASON)
        revocations.end_sessions_of(f"subject-{number}", **REASON)
    ended.catch_up()
    assert len(ended) == 10

    clock.now += LONGEST_SESSION + timedelta(seconds=1)
    ended.catch_up()

    assert len(ended) == 0


def test_a_session_ended_just_before_midnight_is_known_just_after_it(
    ledger, revocations, clock
):
    clock.now = clock.now.replace(hour=23, minute=59)
    revocations.end_session(ONE, **REASON)
    clock.now += timedelta(minutes=2)

    assert EndedSessions(ledger).includes(ONE, (), clock.now)


def test_another_server_of_the_log_knows_it_at_once(postgres_database):
    clock = SetClock()
    here, there = (opened(postgres_database, clock) for _ in range(2))
    ended, stop = EndedSessions(there), threading.Event()
    thread = threading.Thread(target=ended.run, args=(stop,))
    thread.start()
    try:
        Revocations(here).end_session(ONE, **REASON)
        until = monotonic() + 5
        while not ended.includes(ONE, (), clock.now) and monotonic() < until:
            stop.wait(0.01)
    finally:
        stop.set()
        there.wake()
        thread.join()

    assert ended.includes(ONE, (), clock.now)


def test_of_two_servers_that_end_one_session_one_records_it(postgres_database):
    servers = [opened(postgres_database, SetClock()) for _ in range(2)]
    threads = [
        threading.Thread(target=Revocations(each).end_session, args=(ONE,), kwargs=REASON)
        for each in servers
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kinds = [type(entry.event) for entry in servers[0].read(0)]
    assert kinds.count(SessionEnded) == 1
