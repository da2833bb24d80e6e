"""A command id, a nonce, a token id: each is used once, also after a restart."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from ledger.errors import (
    CommandRejected,
    CommandReused,
    PreconditionFailed,
    UsedBefore,
)
from ledger.personal import Hidden
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    CLERK,
    FORM,
    SUBMIT,
    VERIFIED,
)
from tests.ledger.ledgers import do, opened

ID = UUID(int=1)
SECONDS = 5


def submit(ledger, command=SUBMIT, actor=APPLICANT, **more):
    return ledger.submit(command, actor, command_id=ID, verified=VERIFIED, **more).result()


def test_the_same_command_again_is_answered_as_before(ledger, clock):
    first = submit(ledger)
    do(ledger, ACCEPT, CLERK)
    clock.now += timedelta(days=1)

    again = submit(ledger)

    assert (again.case, again.position) == (first.case, first.position)
    assert [e.position for e in again.entries] == [e.position for e in first.entries]
    assert ledger.head == 4


def test_a_command_repeated_gives_no_personal_field_away(ledger):
    submit(ledger)

    [_, received] = submit(ledger).entries

    assert received.event.form is Hidden.SEALED


def test_a_command_is_remembered_after_reopening(ledger, database, clock):
    first = submit(ledger)

    again = submit(opened(database, clock))

    assert again.position == first.position
    assert opened(database, clock).head == first.position


def test_a_command_id_does_not_stand_for_another_command(ledger):
    submit(ledger)

    with pytest.raises(CommandReused):
        submit(ledger, replace(SUBMIT, form=FORM | {"floor": "2"}))
    with pytest.raises(CommandReused):
        submit(ledger, ACCEPT)


def test_a_command_that_was_refused_may_come_again_under_its_id(ledger):
    with pytest.raises(CommandRejected):
        submit(ledger, replace(SUBMIT, form={}))

    assert submit(ledger).case.version == 2


def test_two_people_may_choose_the_same_command_id(ledger):
    submit(ledger)

    assert submit(ledger, ACCEPT, CLERK).case.version == 3


def test_fingerprints_of_commands_need_the_homes_secret(tmp_path):
    bodies = []
    for secret in (b"a" * 32, b"b" * 32):
        ledger = opened(str(tmp_path / secret.decode()), secret=secret)
        submit(ledger)
        bodies += ledger.recorder.rows("SELECT body FROM once_keys WHERE body IS NOT NULL")

    assert len(set(bodies)) == 2


def test_a_nonce_is_used_once_by_whatever_command(ledger):
    submit(ledger, once=["nonce"])

    with pytest.raises(UsedBefore):
        submit(ledger, ACCEPT, CLERK, once=["nonce"])

    assert ledger.head == 3
    assert submit(ledger, ACCEPT, CLERK, once=["another nonce"]).case.version == 3


def test_a_nonce_is_remembered_after_reopening(ledger, database, clock):
    submit(ledger, once=["nonce"])

    with pytest.raises(UsedBefore):
        submit(opened(database, clock), ACCEPT, CLERK, once=["nonce"])


def test_a_nonce_is_not_spent_by_a_command_that_is_refused(ledger):
    with pytest.raises(CommandRejected):
        submit(ledger, replace(SUBMIT, form={}), once=["nonce"])

    assert submit(ledger, once=["nonce"])


def test_a_nonce_named_twice_is_used_before(ledger):
    with pytest.raises(UsedBefore):
        submit(ledger, once=["nonce", "nonce"])

    assert ledger.head == 1


def test_of_twenty_at_once_on_one_version_one_succeeds(ledger):
    submit(ledger)
    answers = [
        ledger.submit(ACCEPT, CLERK, command_id=UUID(int=n), expected_version=2)
        for n in range(10, 30)
    ]

    errors = [answer.exception(SECONDS) for answer in answers]

    assert errors.count(None) == 1
    assert {type(error) for error in errors if error is not None} == {PreconditionFailed}


def test_one_command_many_times_at_once_has_one_effect_and_one_answer(ledger):
    answers = [
        ledger.submit(SUBMIT, APPLICANT, command_id=ID, verified=VERIFIED) for _ in range(20)
    ]

    positions = {answer.result(SECONDS).position for answer in answers}

    assert positions == {3}
    assert ledger.head == 3


def test_one_nonce_at_once_is_used_once(ledger):
    submit(ledger)
    answers = [
        ledger.submit(ACCEPT, CLERK, command_id=UUID(int=n), once=["nonce"])
        for n in range(10, 30)
    ]

    errors = [answer.exception(SECONDS) for answer in answers]

    assert errors.count(None) == 1
    assert {type(error) for error in errors if error is not None} == {UsedBefore}
