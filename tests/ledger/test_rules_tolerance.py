"""Acceptance with tolerance, and the materials that come later or do not."""

from datetime import date

import pytest

from ledger.actor import CLOCK, Role
from ledger.case import Status
from ledger.commands import (
    AcceptWithTolerance,
    Deferral,
    LapseTolerance,
    RefuseCase,
    WithdrawApplication,
)
from ledger.errors import CommandRejected, NotAllowed
from ledger.events import AcceptedWithTolerance, SupplementSubmitted, ToleranceLapsed
from tests.ledger.cases import (
    A_MOMENT,
    APPLICANT,
    APPROVER,
    CASE,
    CLERK,
    GRANT,
    NOON,
    REVIEW,
    REVIEWER,
    TOLERATE,
    at,
    files,
    item_with,
    official,
    supplement,
)
from tests.ledger.procedure import accepted, received, tolerated

LAPSE = LapseTolerance(case_id=CASE)
REFUSE = RefuseCase(case_id=CASE, reasons="the premises are unsafe")
WITHDRAW = WithdrawApplication(case_id=CASE)
TOLERANCE = "tolerant acceptance of the item's guide"
LAST_DAY = date(2026, 3, 9)
THE_END = at("2026-03-10 00:00")


def deferring(*materials):
    deferred = tuple(
        Deferral(material=m, form="original", consequence="the case lapses") for m in materials
    )
    return AcceptWithTolerance(case_id=CASE, deferred=deferred)


def test_a_secondary_material_may_come_later():
    [tolerant] = received("plan").decide(TOLERATE, CLERK)

    event = tolerant.event
    assert isinstance(event, AcceptedWithTolerance)
    [owed] = event.deferred
    assert (owed.material, owed.form, owed.consequence) == (
        "plan",
        "original",
        "the case lapses",
    )
    assert (owed.due.due, owed.due.working_days) == (LAST_DAY, 15)
    assert event.decision_due.working_days == 10
    assert event.statutory_due.working_days == 20
    assert (tolerant.effective_at, tolerant.legal_basis) == (NOON, TOLERANCE)


def test_an_essential_material_may_not_be_deferred():
    with pytest.raises(CommandRejected, match="application may not be deferred"):
        received("application").decide(deferring("application"), CLERK)


def test_a_material_the_item_does_not_know_may_not_be_deferred():
    with pytest.raises(CommandRejected, match="portrait may not be deferred"):
        received("plan").decide(deferring("plan", "portrait"), CLERK)


def test_tolerance_leaves_nothing_else_missing():
    with pytest.raises(CommandRejected, match="not deferred: application"):
        received("plan", "application").decide(TOLERATE, CLERK)


def test_tolerance_names_what_it_tolerates():
    with pytest.raises(CommandRejected, match="name the materials"):
        received().decide(deferring(), CLERK)


def test_a_material_is_deferred_once():
    with pytest.raises(CommandRejected, match="named twice"):
        received("plan").decide(deferring("plan", "plan"), CLERK)


def test_what_is_already_here_is_not_deferred():
    with pytest.raises(CommandRejected, match="plan is already here"):
        received().decide(TOLERATE, CLERK)


def test_tolerance_is_for_intake_while_its_term_runs():
    given = received("plan").at(at("2026-02-25 00:00"))

    with pytest.raises(CommandRejected, match="counts as accepted"):
        given.decide(TOLERATE, CLERK)


# Supplement


def test_what_is_owed_is_brought_and_nothing_is_owed_any_more():
    given = tolerated()

    [brought] = given.decide(supplement("plan"), APPLICANT)
    given.do(supplement("plan"), APPLICANT)

    assert brought.event == SupplementSubmitted(materials=("plan",), digests=files("plan"))
    assert (brought.effective_at, brought.legal_basis) == (NOON, TOLERANCE)
    assert given.case.owed == frozenset()
    assert "supplement" not in given.case.duties
    assert "decision" in given.case.duties


def test_a_supplement_comes_until_the_end_of_its_last_day():
    given = tolerated().at(THE_END - A_MOMENT)

    assert given.decide(supplement("plan"), APPLICANT)


def test_a_late_supplement_is_refused():
    given = tolerated().at(THE_END)

    with pytest.raises(CommandRejected, match=f"last day was {LAST_DAY}"):
        given.decide(supplement("plan"), APPLICANT)


def test_a_supplement_brings_something():
    with pytest.raises(CommandRejected, match="bring at least one"):
        tolerated().decide(supplement(), APPLICANT)


def test_a_supplement_brings_only_materials_of_the_item():
    with pytest.raises(CommandRejected, match="no portrait"):
        tolerated().decide(supplement("portrait"), APPLICANT)


def test_what_is_already_here_is_not_brought_again():
    with pytest.raises(CommandRejected, match="application is already here"):
        tolerated().decide(supplement("plan", "application"), APPLICANT)


def test_whoever_will_not_commit_may_bring_the_proof_after_acceptance():
    given = accepted("premises")

    given.do(supplement("premises"), APPLICANT).do(REVIEW, REVIEWER).do(GRANT, APPROVER)

    assert given.status == Status.GRANTED


def test_a_case_that_is_still_owed_something_is_reviewed_but_not_granted():
    given = tolerated().do(REVIEW, REVIEWER)

    with pytest.raises(CommandRejected, match="still owed: plan"):
        given.decide(GRANT, APPROVER)
    brought = given.do(supplement("plan"), APPLICANT)
    assert brought.do(REVIEW, REVIEWER).do(GRANT, APPROVER).status == "GRANTED"


def test_what_comes_after_the_review_is_reviewed_before_anything_is_decided():
    given = tolerated().do(REVIEW, REVIEWER).do(supplement("plan"), APPLICANT)

    with pytest.raises(CommandRejected, match="decided after its review"):
        given.decide(GRANT, APPROVER)


def test_nobody_who_ever_reviewed_a_case_decides_it():
    first, second = (official(Role.REVIEWER, id=f"reviewer-{n}") for n in (1, 2))
    given = tolerated().do(REVIEW, first).do(supplement("plan"), APPLICANT).do(REVIEW, second)

    for reviewer in (first, second):
        with pytest.raises(NotAllowed, match="reviewed"):
            given.decide(GRANT, official(Role.APPROVER, id=reviewer.id))


@pytest.mark.parametrize(
    ("command", "actor"),
    [(REVIEW, REVIEWER), (WITHDRAW, APPLICANT), (supplement("plan"), APPLICANT)],
)
def test_after_the_last_day_nothing_is_left_but_the_lapse(command, actor):
    given = tolerated().at(THE_END)

    with pytest.raises(CommandRejected, match="has lapsed"):
        given.decide(command, actor)


@pytest.mark.parametrize("decision", [GRANT, REFUSE])
def test_a_reviewed_case_that_lapsed_is_not_decided_either(decision):
    given = tolerated().do(REVIEW, REVIEWER).at(THE_END)

    with pytest.raises(CommandRejected, match="has lapsed"):
        given.decide(decision, APPROVER)


# Lapse


def test_the_tolerance_lapses_when_its_last_day_is_over():
    given = tolerated().at(THE_END)

    [lapsed] = given.decide(LAPSE, CLOCK)

    assert lapsed.event == ToleranceLapsed(materials=("plan",))
    assert (lapsed.effective_at, lapsed.legal_basis) == (THE_END, TOLERANCE)
    assert given.do(LAPSE, CLOCK).status == Status.LAPSED


def test_a_lapse_takes_effect_at_the_end_of_the_last_day_however_late_it_is_noted():
    given = tolerated().at(at("2026-03-20 08:00"))

    [lapsed] = given.decide(LAPSE, CLOCK)

    assert lapsed.effective_at == THE_END


def test_nothing_lapses_before_its_last_day_is_over():
    given = tolerated().at(THE_END - A_MOMENT)

    with pytest.raises(CommandRejected, match=f"until the end of {LAST_DAY}"):
        given.decide(LAPSE, CLOCK)


def test_nothing_lapses_where_nothing_is_owed():
    brought = tolerated().do(supplement("plan"), APPLICANT)

    for given in (brought, accepted()):
        with pytest.raises(CommandRejected, match="nothing deferred is owed"):
            given.at(THE_END).decide(LAPSE, CLOCK)


def test_a_case_under_review_lapses_too():
    given = tolerated().do(REVIEW, REVIEWER).at(THE_END)

    assert given.do(LAPSE, CLOCK).case.duties == {}


def test_one_of_two_brought_is_not_enough():
    item = item_with({"deferrable": True})
    given = received("plan", "premises", item=item).do(deferring("plan", "premises"), CLERK)

    given.do(supplement("plan"), APPLICANT).at(THE_END)

    assert given.case.owed == {"premises"}
    assert given.decide(LAPSE, CLOCK)[0].event.materials == ("premises",)
