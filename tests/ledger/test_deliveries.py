"""A delivery adds what is new, and the same again adds nothing."""

import pytest

from ledger.errors import CaseNotFound
from ledger.history_events import (
    DeliveryBegun,
    DeliveryFinished,
    history_id,
)
from ledger.importing import XesError
from tests.ledger.delivering import EVENING, MAPPING, MORNING, NOON, REGISTER, lines, told
from tests.ledger.importing.logs import event, trace

# What is recorded


def test_a_case_is_opened_with_its_facts_in_the_logs_order(ledger, bring):
    report = bring(trace("1", event("check", NOON, question="True"), event("apply", MORNING)))

    entries = ledger.entries(history_id(REGISTER, "1"))
    opened, checked, applied = (entry.event for entry in entries)
    assert (opened.register, opened.number) == (REGISTER, "1")
    assert (checked.activity, checked.answer, checked.fact) == ("check", "True", "COMPLETE")
    assert (applied.activity, applied.answer, applied.fact) == ("apply", None, "APPLIED")
    assert [entry.effective_at.hour for entry in entries[1:]] == [10, 6]
    assert (report.cases, report.events, report.new) == (1, 2, 2)
    assert (report.same, report.conflicting, report.not_mentioned) == (0, 0, 0)


def test_a_fact_keeps_when_its_source_recorded_it(ledger, bring):
    bring(trace("1", event("apply", NOON, dateFinished=EVENING), event("check", NOON)))

    known, unknown = ledger.entries(history_id(REGISTER, "1"))[1:]

    assert known.source_recorded_at.hour == 18
    assert unknown.source_recorded_at is None


def test_a_delivery_begins_and_finishes_with_its_figures(ledger, bring):
    bring(trace("1", event()), trace("2"))

    *_, finished = events = [entry.event for entry in ledger.read(0)]
    [begun] = [each for each in events if isinstance(each, DeliveryBegun)]
    assert isinstance(finished, DeliveryFinished)
    assert (begun.register, begun.number, begun.log) == (REGISTER, 1, "log.xes")
    assert begun.mapping == finished.mapping == MAPPING.digest
    assert (finished.number, finished.cases, finished.events) == (1, 2, 1)


def test_a_mapping_is_recorded_once(ledger, bring):
    bring(trace("1", event()))
    bring(trace("2", event()))
    bring(trace("2", event()), register="another")

    assert [entry.name for entry in ledger.read(0)].count("mapping.recorded.v1") == 1


def test_a_log_that_is_refused_leaves_nothing(ledger, bring):
    with pytest.raises(XesError):
        bring(trace("1", event()), trace("2", event(at="yesterday")))

    assert ledger.head == 1


def test_progress_is_told_while_cases_are_recorded(bring):
    read, recorded = [], []

    bring(
        trace("1", event()),
        trace("2", event()),
        reading=lambda *done: read.append(done),
        recording=lambda *done: recorded.append(done),
    )

    assert recorded == [(1, 2), (2, 2)]
    assert read[-1][0] == read[-1][1]


def test_cases_are_committed_whole_a_thousand_entries_at_a_time(ledger, bring):
    heads = []
    many = [trace(str(n), *[event()] * 400) for n in range(5)]

    bring(*many, recording=lambda *_: heads.append(ledger.head))

    first, second, third, fourth, fifth = heads
    assert first == second == 3
    assert third == fourth == fifth == 3 + 3 * 401


# The same again


def test_the_same_file_again_adds_nothing(ledger, bring):
    first = bring(trace("1", event(), event("check")))
    head = ledger.head

    again = bring(trace("1", event(), event("check")))

    assert ledger.head == head
    assert (again.cases, again.events) == (first.cases, first.events)
    assert (again.new, again.same, again.conflicting) == (0, 2, 0)


def test_another_file_that_says_the_same_adds_no_fact(ledger, bring):
    bring(trace("1", event(), event("check")))

    again = bring(trace("1", event("check"), event()))

    assert (again.new, again.same, again.conflicting) == (0, 2, 0)
    assert len(told(ledger)) == 2


def test_what_happened_twice_at_once_is_told_twice(ledger, bring):
    bring(trace("1", event(), event()))
    assert len(told(ledger)) == 2

    report = bring(trace("1", event(), event(), event()))

    assert (report.new, report.same, report.conflicting) == (1, 2, 0)


def test_an_activity_that_was_renamed_is_the_same_where_the_mapping_says_so(ledger, bring):
    bring(trace("1", event("misc. letter")))

    report = bring(trace("1", event("miscellaneous")))

    assert (report.new, report.same, report.conflicting) == (0, 1, 0)


def test_the_same_instant_in_another_zone_is_the_same(bring):
    bring(trace("1", event(at="2024-05-01T12:00:00+02:00")))

    assert bring(trace("1", event(at="2024-05-01T10:00:00Z"))).same == 1


def test_the_same_number_in_another_register_is_another_case(ledger, bring):
    bring(trace("1", event()))

    report = bring(trace("1", event()), register="another")

    assert report.new == 1
    assert history_id("another", "1") != history_id(REGISTER, "1")


def test_a_case_told_in_two_traces_is_one_case(ledger, bring, queries):
    report = bring(trace("1", event("apply")), trace("2", event()), trace("1", event("check")))

    assert (report.cases, report.events) == (2, 3)
    assert [fact.activity for fact in told(ledger)] == ["apply", "check"]
    assert len(lines(queries)) == 2


def test_an_imported_case_is_found_by_its_registers_number(ledger, bring, queries):
    bring(trace("1", event("apply")))

    case_id = queries().resolve("permits/1")
    state, entries = queries().replay(case_id)

    assert queries().status(state) == "APPLIED"
    assert len(entries) == 2
    with pytest.raises(CaseNotFound):
        queries().replay(queries().resolve("permits/2"))
