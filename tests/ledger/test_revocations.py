"""Revoked tokens and ended sessions: recorded once, told by list, known everywhere."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Any, cast

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


def test_a_session_is_ended_once_and_a_token_of_every_list_revoked_once(ledger, revocations):
    first = [revocations.end_session(each, **REASON) for each in (ONE, OTHER)]
    first += [revocations.revoke("0", index, **REASON) for index in (1, 2)]

    again = [revocations.end_session(each, **REASON) for each in (ONE, OTHER)]
    again += [revocations.revoke("0", index, **REASON) for index in (1, 2)]

    assert again == first
    assert [each.version for each in first] == [1, 2, 1, 2]


def test_a_session_is_ended_and_a_list_told_without_reading_what_was_before(database):
    ledger = opened(database, through=Counting)
    revocations, counting = Revocations(ledger), cast("Counting", ledger.recorder.database)
    for number in range(40):
        revocations.end_session(f"{number:032x}", **REASON)
        revocations.revoke("0", number + 1, **REASON)
    assert len(revocations.of_list("0") or ()) == 40

    counting.rows_read = 0
    revocations.end_session(ONE, **REASON)
    revocations.revoke("0", 41, **REASON)
    told = revocations.of_list("0")

    assert told == frozenset(range(1, 42))
    assert counting.rows_read < 40


class Counting:
    """A database that counts the rows it is asked for."""

    def __init__(self, database):
        self._database = database
        self.rows_read = 0

    def __getattr__(self, name):
        return getattr(self._database, name)

    @contextmanager
    def reading(self):
        with self._database.reading() as session:
            yield CountingSession(session, self)

    def rows(self, sql, values=()):
        with self.reading() as session:
            return session.rows(sql, values)

    @contextmanager
    def writing(self):
        with self._database.writing() as session:
            yield CountingSession(session, self)


class CountingSession:
    def __init__(self, session, counting):
        self._session, self._counting = session, counting

    def insert(self, sql, rows):
        self._session.insert(sql, rows)

    def rows(self, sql, values=()):
        found = self._session.rows(sql, values)
        self._counting.rows_read += len(found)
        return found


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


def test_a_verification_opens_no_session_after_the_one_it_gave_was_left(
    ledger, revocations, clock
):
    revocations.end_session(ONE, verification="v-1", **REASON)
    revocations.end_session(OTHER, **REASON)
    ended = EndedSessions(ledger)

    assert ended.forbids("v-1", (), clock.now + timedelta(minutes=9))
    assert not ended.forbids("v-2", ("subject-1",), clock.now)
    assert not ended.includes("v-1", (), clock.now)


def test_who_proved_who_they_are_before_their_sessions_were_ended_has_to_again(
    ledger, revocations, clock
):
    revocations.end_sessions_of("subject-1", **REASON)
    ended = EndedSessions(ledger)

    assert ended.forbids("v-1", ("subject-1",), clock.now)
    assert not ended.forbids("v-1", ("subject-1",), clock.now + timedelta(seconds=1))
    assert not ended.forbids("v-1", ("subject-2", None), clock.now)


def test_what_sessions_outlived_is_forgotten(ledger, revocations, clock):
    ended = EndedSessions(ledger)
    for number in range(5):
        revocations.end_session(f"{number:032x}", verification=str(number), **REASON)
        revocations.end_sessions_of(f"subject-{number}", **REASON)
    ended.catch_up()
    assert len(ended) == 15

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
