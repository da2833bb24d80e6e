"""Commands about persons are decided where nobody else writes, like all others."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep
from typing import get_args
from uuid import UUID

import pytest

from ledger.actor import Actor, Channel, Role
from ledger.draft import nothing
from ledger.errors import CommandReused, NotAllowed
from ledger.subject_commands import (
    GROUNDS,
    ErasureGround,
    LiftRestriction,
    RestrictionGround,
    RestrictSubject,
)
from ledger.subject_events import Standing
from ledger.subjects import Subjects
from tests.ledger.cases import APPLICANT, SUBMIT, VERIFIED
from tests.ledger.ledgers import check_log, opened

OPERATOR = Actor(role=Role.OPERATOR, id="7", principal="7", channel=Channel.SYSTEM)
SUBJECT = APPLICANT.principal
RESTRICT = RestrictSubject(subject=SUBJECT, basis="pipl-47")
LIFT = LiftRestriction(subject=SUBJECT)


@pytest.fixture
def ledger(database):
    ledger = opened(database)
    ledger.keys.create([SUBJECT])
    yield ledger
    check_log(ledger)
    ledger.close()


def give(ledger, command, number=1):
    return Subjects(ledger).give(command, OPERATOR, command_id=UUID(int=number), cases=nothing)


@contextmanager
def one_batch(ledger):
    """Keep the writer busy, so that whatever is queued meanwhile is decided in one batch."""
    busy, go_on = threading.Event(), threading.Event()

    def wait(draft):
        busy.set()
        go_on.wait()

    ledger._writer.put(wait)
    busy.wait()
    yield
    go_on.set()


def queued(ledger, jobs):
    while ledger._writer._queue.qsize() < jobs:
        sleep(0.001)


def test_one_command_given_often_at_once_is_answered_alike_each_time(ledger):
    for number in range(1, 21):
        command = RESTRICT if number % 2 else LIFT
        together = threading.Barrier(8)

        def once(command=command, number=number, together=together):
            together.wait()
            return give(ledger, command, number)

        with ThreadPoolExecutor(8) as pool:
            answers = [future.result() for future in [pool.submit(once) for _ in range(8)]]

        assert len({answer.position for answer in answers}) == 1
    assert ledger.head == 21


def test_twins_in_one_batch_are_answered_alike(ledger):
    with ThreadPoolExecutor(2) as pool:
        with one_batch(ledger):
            twins = [pool.submit(give, ledger, RESTRICT) for _ in range(2)]
            queued(ledger, 2)
        first, second = (twin.result() for twin in twins)

    assert first == second
    assert first.standing is Standing.RESTRICTED


def test_who_is_restricted_in_a_batch_begins_nothing_later_in_it(ledger):
    with ThreadPoolExecutor(1) as pool:
        with one_batch(ledger):
            restricted = pool.submit(give, ledger, RESTRICT)
            queued(ledger, 1)
            submitted = ledger.submit(
                SUBMIT, APPLICANT, command_id=UUID(int=9), verified=VERIFIED
            )
        restricted.result()

        with pytest.raises(NotAllowed, match="restricted"):
            submitted.result()


def test_an_answer_is_given_again_after_what_came_later(ledger):
    first = give(ledger, RESTRICT, 1)
    give(ledger, LIFT, 2)

    assert give(ledger, RESTRICT, 1) == first
    with pytest.raises(CommandReused):
        give(ledger, LIFT, 1)


def test_what_was_asked_about_a_person_cannot_be_confirmed_without_the_homes_secret(tmp_path):
    bodies = []
    for secret in (b"a" * 32, b"b" * 32):
        ledger = opened(str(tmp_path / secret.decode()), secret=secret)
        ledger.keys.create([SUBJECT])
        give(ledger, RESTRICT)
        bodies += ledger.recorder.rows("SELECT body FROM once_keys WHERE body IS NOT NULL")

    assert len(set(bodies)) == 2


def test_every_ground_has_its_law_and_whoever_may_be_erased_on_it_may_be_restricted():
    assert {*GROUNDS} == {*get_args(RestrictionGround)}
    assert {*get_args(ErasureGround)} < {*GROUNDS}
