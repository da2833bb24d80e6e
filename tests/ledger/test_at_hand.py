"""Which cases an event loop looks up by itself, and which it leaves to a thread."""

import pytest
from msgspec.structs import replace

from ledger.log import FEW
from tests.ledger.cases import ACCEPT, APPLICANT, CASE, CLERK, SUBMIT
from tests.ledger.ledgers import do, opened


@pytest.fixture
def again(database, clock):
    """The log of a case, opened by a process that remembers nothing of it."""
    first = opened(database, clock)
    do(first, SUBMIT, APPLICANT)
    do(first, ACCEPT, CLERK)
    second = opened(database, clock)
    yield second
    second.close()
    first.close()


def is_ours_alone(ledger):
    return not ledger.recorder.database.is_shared


def lengthened(ledger, length):
    last = ledger.entries(CASE)[-1]
    ledger.record([replace(last, version=v) for v in range(last.version + 1, length + 1)])
    ledger.recent.drop(CASE)


def test_a_case_in_a_file_of_ours_is_read_as_a_thread_would_find_it(again):
    found = again.at_hand(CASE)

    assert found == (again.find(CASE) if is_ours_alone(again) else None)


def test_a_case_that_was_read_is_remembered(again):
    read = again.at_hand(CASE)

    assert again.at_hand(CASE) is read
    assert again.remembered(CASE) is read


def test_a_case_in_a_database_of_several_servers_is_never_read_here(again):
    again.find(CASE)

    assert (again.at_hand(CASE) is None) is not is_ours_alone(again)


def test_a_case_of_many_entries_is_left_to_a_thread(again):
    lengthened(again, FEW - 1)
    short = again.at_hand(CASE)
    lengthened(again, FEW)

    assert (short is not None) is is_ours_alone(again)
    assert again.at_hand(CASE) is None
    assert again.find(CASE).version == FEW


def test_of_what_is_no_case_nothing_is_said_here(ledger):
    [began] = ledger.read(0)

    assert ledger.at_hand(began.stream) is None
    assert ledger.at_hand(CASE) is None
