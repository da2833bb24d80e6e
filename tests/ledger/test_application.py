"""Load, decide, append: each command once, in order, and durably or not at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event
from uuid import UUID

import pytest
from msgspec.structs import replace as changed

from ledger.actor import CLOCK
from ledger.application import Book
from ledger.catalogue import Catalogue
from ledger.commands import DeemAccepted, WithdrawApplication
from ledger.entry import Entry
from ledger.errors import (
    CaseChanged,
    CaseNotFound,
    CommandRejected,
    EntryTooLarge,
    UnknownItem,
)
from ledger.log_events import LogBegan
from ledger.personal import Hidden
from tests.ledger.cases import (
    ACCEPT,
    AGENT,
    ALL,
    APPLICANT,
    AUTHORITIES,
    CALENDARS,
    CASE,
    CLERK,
    FORM,
    HK_ITEM,
    ITEM,
    NOON,
    REVIEW,
    REVIEWER,
    SUBMIT,
    VERIFIED,
    at,
    item_with,
    official,
)
from tests.ledger.ledgers import do, opened

ID = UUID(int=1)


def submit(ledger, command=SUBMIT, actor=APPLICANT, **more):
    return ledger.submit(command, actor, command_id=ID, verified=VERIFIED, **more).result()


# Appending


def test_a_log_begins_with_an_entry_of_its_own(ledger):
    [first] = ledger.read(0)

    assert first.event == LogBegan(origin="log.example/1")
    assert (first.position, first.version, first.recorded_at) == (1, 1, NOON)
    assert ledger.head == 1


def test_a_command_is_answered_with_what_it_added(ledger):
    answer = submit(ledger)

    assert answer.case.id == CASE
    assert (answer.case.version, answer.position) == (2, 3)
    assert [entry.position for entry in answer.entries] == [2, 3]
    assert answer.entries == tuple(ledger.entries(CASE))
    assert ledger.head == 3


def test_an_entry_says_who_when_and_under_what(ledger):
    [_, received] = submit(ledger, actor=AGENT).entries

    assert received.actor == AGENT
    assert (received.item, received.item_version) == (ITEM.id, ITEM.version)
    assert received.subject == AGENT.principal
    assert received.recorded_at == NOON
    assert received.legal_basis == "Licensing Law art. 32"


def test_the_clock_acts_in_the_applicants_case_under_the_applicants_key(ledger, clock):
    submit(ledger)
    clock.now = at("2026-02-25 00:00")

    [deemed] = do(ledger, DeemAccepted(case_id=CASE), CLOCK).entries

    assert deemed.subject == APPLICANT.principal
    assert (deemed.recorded_at, deemed.effective_at) == (clock.now, NOON)


def test_a_refused_command_adds_nothing(ledger):
    with pytest.raises(CommandRejected):
        submit(ledger, replace(SUBMIT, form={}))

    assert ledger.head == 1
    assert submit(ledger).position == 3


def test_a_case_that_was_never_opened_is_not_found(ledger):
    with pytest.raises(CaseNotFound, match=str(CASE)):
        do(ledger, ACCEPT, CLERK)

    assert ledger.find(CASE) is None


def test_an_item_nobody_published_is_unknown(ledger):
    with pytest.raises(UnknownItem):
        submit(ledger, replace(SUBMIT, item="gd.unknown"))


def test_a_record_of_another_kind_is_no_case(ledger):
    [began] = ledger.read(0)

    with pytest.raises(CaseNotFound, match="another kind"):
        do(ledger, replace(ACCEPT, case_id=began.stream), CLERK)
    with pytest.raises(CaseNotFound, match="another kind"):
        do(ledger, replace(SUBMIT, case_id=began.stream), APPLICANT)
    with pytest.raises(CaseNotFound, match="another kind"):
        ledger.find(began.stream)


def test_a_case_keeps_the_version_of_its_item(database, clock):
    old = opened(database, clock)
    submit(old)
    newer = item_with({"by_commitment": True}, version=2)
    items = {(item.id, item.version): item for item in (ITEM, newer)}
    book = Book(catalogue=Catalogue(AUTHORITIES, items), calendars=CALENDARS)

    ledger = opened(database, clock, book=book)
    [accepted] = do(ledger, ACCEPT, CLERK).entries
    [_, another] = do(ledger, replace(SUBMIT, case_id=ID), APPLICANT).entries

    assert accepted.item_version == 1
    assert another.item_version == 2


def test_each_authority_counts_by_its_own_calendar(ledger):
    submit(ledger, replace(SUBMIT, item=HK_ITEM.id))

    assert ledger.find(CASE).duties["intake"].calendar == "CN-HK"
    assert do(ledger, ACCEPT, official(CLERK.role, "hk.shops"))


# Versions and time


def test_a_caller_whose_picture_is_old_is_told_so(ledger):
    submit(ledger)

    with pytest.raises(CaseChanged, match="read it again"):
        submit(ledger, ACCEPT, CLERK, expected_version=1)
    assert submit(ledger, ACCEPT, CLERK, expected_version=2).case.version == 3


def test_a_version_is_expected_only_of_a_case_that_is_there(ledger):
    with pytest.raises(CaseChanged):
        submit(ledger, ACCEPT, CLERK, expected_version=0)


def test_a_version_that_is_taken_is_not_written_again(ledger):
    [verified, received] = submit(ledger).entries
    twice = changed(received, event=verified.event)

    with pytest.raises(CaseChanged, match="another writer"):
        ledger.record([twice])

    assert ledger.head == 3


def test_of_many_at_once_each_is_written_once(ledger):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: submit(ledger), range(16)))

    assert {answer.position for answer in answers} == {3}
    assert ledger.head == 3


def test_different_cases_at_once_are_all_written(ledger):
    commands = [replace(SUBMIT, case_id=UUID(int=n)) for n in range(1, 17)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda command: do(ledger, command, APPLICANT), commands))

    assert sorted(answer.position for answer in answers) == list(range(3, 34, 2))


def test_time_does_not_go_back_even_if_the_clock_does(ledger, database, clock):
    submit(ledger)
    clock.now -= timedelta(hours=1)

    [accepted] = do(ledger, ACCEPT, CLERK).entries
    [reviewed] = do(opened(database, clock), REVIEW, REVIEWER).entries

    assert accepted.recorded_at == reviewed.recorded_at == NOON


def test_an_entry_made_before_another_was_written_is_recorded_after_it(ledger, clock):
    [began] = ledger.read(0)
    prepared = changed(began, version=2, recorded_at=ledger.now())
    clock.now += timedelta(hours=1)
    submit(ledger)

    [late] = ledger.record([prepared])

    assert late.recorded_at == clock.now
    assert late.effective_at == began.effective_at
    assert ledger.now() == clock.now


def test_whoever_waits_for_a_position_is_woken_by_it(ledger):
    asked = Event()

    def stopped():
        asked.set()
        return False

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ledger.wait_beyond, 1, 10.0, stopped)
        asked.wait()
        submit(ledger)

        assert waiting.result(timeout=5.0) is True
    assert ledger.wait_beyond(3, 0.0) is False


def test_whoever_waits_in_vain_is_woken_when_it_is_to_stop(ledger):
    stop = Event()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ledger.wait_beyond, 1, 10.0, stop.is_set)
        ledger.wake()
        assert not waiting.done()

        stop.set()
        ledger.wake()

        assert waiting.result(timeout=5.0) is False


# Size


def test_an_entry_that_is_too_large_is_refused_whole(ledger):
    large = replace(SUBMIT, form={"story": "x" * 65_535})

    with pytest.raises(EntryTooLarge, match="an entry holds 65535"):
        submit(ledger, large)

    assert ledger.head == 1
    assert ledger.find(CASE) is None
    assert submit(ledger).position == 3


def test_reading_goes_on_beyond_a_page(ledger):
    [began] = ledger.read(0)
    more: list[Entry] = [changed(began, version=n) for n in range(2, 2_003)]
    ledger.record(more)

    assert [entry.position for entry in ledger.read(1)] == list(range(2, 2_003))
    assert [entry.position for entry in ledger.read(5, until=7)] == [6, 7]


# Persons


def test_personal_fields_are_opened_only_if_asked(ledger):
    submit(ledger)

    assert ledger.entries(CASE)[1].event.form == FORM
    assert ledger.entries(CASE, opened=False)[1].event.form is Hidden.SEALED
    assert all(entry.event.form is Hidden.SEALED for entry in ledger.read(2))


def test_nothing_that_is_personal_shows_in_a_repr(ledger):
    answer = submit(ledger)
    shown = repr((SUBMIT, answer, ledger, ledger.find(CASE), ledger.recorder, ledger.codec))

    for value in (*FORM.values(), *ALL.values()):
        assert value not in shown


def test_every_entry_of_a_case_says_on_which_law_it_rests(ledger):
    do(ledger, SUBMIT, APPLICANT)
    do(ledger, WithdrawApplication(case_id=CASE), APPLICANT)

    assert [entry.legal_basis for entry in ledger.entries(CASE)] == [
        ITEM.legal_basis[0],
        "Licensing Law art. 32",
        ITEM.legal_basis[0],
    ]
