"""Five working days of silence accept an application, on either calendar.

A term that reaches a year nobody announced is provisional: the clock does not
act on it until a calendar with that year settles it.
"""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ledger.actor import CLOCK, Role
from ledger.commands import DeemAccepted, LapseTolerance, RecomputeDeadline
from ledger.errors import CommandRejected
from ledger.events import AcceptanceDeemed, ApplicationAccepted, DeadlineRecomputed
from tests.ledger.cases import (
    A_MOMENT,
    ACCEPT,
    ALL,
    APPLICANT,
    CALENDARS,
    CASE,
    CLERK,
    HK_ITEM,
    ITEM,
    TOLERATE,
    at,
    correction,
    official,
    supplement,
)
from tests.ledger.procedure import correcting, received

DEEM = DeemAccepted(case_id=CASE)
LAPSE = LapseTolerance(case_id=CASE)
DECEMBER = at("2026-12-29 12:00")
WITH_2027 = replace(
    CALENDARS["CN"],
    version="CN 2026-11-01",
    years=CALENDARS["CN"].years | {2027},
    holidays=CALENDARS["CN"].holidays | {date(2027, 1, 1), date(2027, 1, 4)},
)


def recompute(duty):
    return RecomputeDeadline(case_id=CASE, duty=duty)


# Deemed acceptance


@pytest.mark.parametrize(
    ("item", "received_on", "last_day"),
    [
        (ITEM, "2025-09-26", "2025-10-10"),
        (ITEM, "2026-02-10", "2026-02-24"),
        (HK_ITEM, "2025-09-26", "2025-10-06"),
        (HK_ITEM, "2026-02-10", "2026-02-20"),
    ],
)
def test_the_fifth_working_day_is_the_last_to_answer(item, received_on, last_day):
    given = received(item=item, now=at(f"{received_on} 12:00"))
    the_end = at(f"{last_day} 00:00") + timedelta(days=1)

    assert str(given.case.duties["intake"].due) == last_day
    with pytest.raises(CommandRejected, match=f"runs until the end of {last_day}"):
        given.at(the_end - A_MOMENT).decide(DEEM, CLOCK)
    no_law = pytest.raises(CommandRejected, match="no law here")
    with no_law if item is HK_ITEM else nullcontext():
        [deemed] = given.at(the_end).decide(DEEM, CLOCK)
        assert isinstance(deemed.event, AcceptanceDeemed)
        assert deemed.legal_basis == "Licensing Law art. 32(4)"


def test_in_hong_kong_silence_accepts_nothing_and_a_late_answer_is_an_answer():
    given = received(item=HK_ITEM, now=at("2025-09-26 12:00")).at(at("2025-12-01 12:00"))

    [accepted] = given.decide(ACCEPT, official(Role.CLERK, HK_ITEM.authority))

    assert isinstance(accepted.event, ApplicationAccepted)
    assert accepted.legal_basis == "; ".join(HK_ITEM.legal_basis)


def test_a_deemed_acceptance_takes_effect_when_the_application_was_received():
    given = received().at(at("2026-02-25 00:00"))

    [deemed] = given.decide(DEEM, CLOCK)

    assert deemed.effective_at == at("2026-02-10 12:00")
    assert deemed.event.decision_due.counted_from == date(2026, 2, 10)
    assert deemed.event.decision_due.working_days == ITEM.terms.decide
    assert deemed.event.statutory_due.due == date(2026, 3, 16)


def test_after_a_correction_it_takes_effect_when_that_came():
    given = correcting("application").at(at("2026-02-12 09:00"))
    given.do(correction("application"), APPLICANT).at(at("2026-02-27 00:00"))

    [deemed] = given.decide(DEEM, CLOCK)

    assert deemed.effective_at == at("2026-02-12 09:00")
    assert deemed.event.decision_due.counted_from == date(2026, 2, 12)


def test_a_case_deemed_accepted_takes_the_materials_it_still_lacks():
    given = received("application").at(at("2026-02-25 00:00")).do(DEEM, CLOCK)

    assert given.do(supplement("application"), APPLICANT).case.submitted == frozenset(ALL)


# A year nobody announced


def test_a_term_that_reaches_2027_is_provisional():
    given = received(now=DECEMBER)

    assert given.case.duties["intake"].provisional


def test_the_clock_accepts_nothing_on_a_provisional_term():
    given = received(now=DECEMBER).at(at("2027-02-01 00:00"))

    with pytest.raises(CommandRejected, match="provisional until its calendar is announced"):
        given.decide(DEEM, CLOCK)


def test_officials_may_still_answer_on_a_provisional_term():
    given = received(now=DECEMBER).at(at("2027-02-01 00:00"))

    assert given.decide(ACCEPT, CLERK)


def test_a_deadline_is_not_recomputed_while_the_calendar_says_the_same():
    given = received(now=DECEMBER)

    with pytest.raises(CommandRejected, match="intake is the same by today's calendar"):
        given.decide(recompute("intake"), CLOCK)


def test_a_calendar_with_2027_settles_the_term_from_the_same_day():
    given = received(now=DECEMBER).at(at("2026-12-30 00:00"))
    given.calendar = WITH_2027

    [settled] = given.decide(recompute("intake"), CLOCK)

    assert settled.event == DeadlineRecomputed(duty="intake", deadline=settled.event.deadline)
    assert settled.event.deadline == replace(
        given.case.duties["intake"],
        due=date(2027, 1, 7),
        version="CN 2026-11-01",
        provisional=False,
    )
    assert settled.effective_at == given.now
    assert settled.legal_basis == "Licensing Law art. 82"


def test_the_clock_acts_on_a_term_once_it_is_settled():
    given = received(now=DECEMBER)
    given.calendar = WITH_2027
    given.do(recompute("intake"), CLOCK).at(at("2027-01-08 00:00"))

    assert given.decide(DEEM, CLOCK)
    with pytest.raises(CommandRejected, match="counts as accepted"):
        given.decide(ACCEPT, CLERK)


def test_other_deadlines_stay_as_they_were():
    given = received("plan", now=DECEMBER).do(TOLERATE, CLERK)
    given.calendar = WITH_2027
    decision = given.case.duties["decision"]

    given.do(recompute("supplement"), CLOCK)

    assert given.case.duties["decision"] == decision
    assert not given.case.duties["supplement"].provisional


def test_a_deadline_that_is_not_running_is_not_recomputed():
    with pytest.raises(CommandRejected, match="service is not running"):
        received().decide(recompute("service"), CLOCK)


def test_a_notice_that_reaches_back_moves_a_deadline_that_seemed_settled():
    given = received()
    given.calendar = replace(
        given.calendar, holidays=given.calendar.holidays | {date(2026, 2, 24)}
    )

    [moved] = given.decide(recompute("intake"), CLOCK)

    assert moved.event.deadline.due == date(2026, 2, 25)


def test_a_deadline_may_become_announced_without_moving():
    given = received(now=DECEMBER)
    given.calendar = replace(given.calendar, years=given.calendar.years | {2027})

    [settled] = given.decide(recompute("intake"), CLOCK)

    assert settled.event.deadline.due == given.case.duties["intake"].due
    assert not settled.event.deadline.provisional


def test_the_clock_lapses_nothing_on_a_provisional_day():
    given = received("plan", now=DECEMBER).do(TOLERATE, CLERK).at(at("2027-03-01 00:00"))

    with pytest.raises(CommandRejected, match="last day is provisional"):
        given.decide(LAPSE, CLOCK)


def test_a_supplement_is_taken_on_a_provisional_day():
    given = received("plan", now=DECEMBER).do(TOLERATE, CLERK).at(at("2027-03-01 00:00"))

    assert given.decide(supplement("plan"), APPLICANT)
