"""Review, decision, service, closure: two people decide, and reasons are given."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.case import Status
from ledger.commands import RefuseCase, WithdrawApplication
from ledger.errors import CommandRejected, IdentityTakenBack, NotAllowed
from ledger.events import (
    ApplicationWithdrawn,
    CaseClosed,
    CaseGranted,
    CaseRefused,
    CaseReviewed,
    DecisionServed,
    GrantedOnCommitment,
)
from ledger.rules.remedies import MAINLAND
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    APPROVER,
    CASE,
    CLERK,
    CLOSE,
    COMMIT,
    GRANT,
    HK_ITEM,
    NOON,
    REVIEW,
    REVIEWER,
    SERVE,
    official,
    supplement,
)
from tests.ledger.procedure import accepted, granted, received, reviewed, served

REFUSE = RefuseCase(case_id=CASE, reasons="the premises are unsafe")
WITHDRAW = WithdrawApplication(case_id=CASE, reason="moving away")
SAME_PERSON = official(APPROVER.role, id=REVIEWER.id)


def test_a_review_records_what_was_found_and_recommended():
    [review] = accepted().decide(REVIEW, REVIEWER)

    assert review.event == CaseReviewed(recommendation="grant", findings="all in order")
    assert (review.effective_at, review.legal_basis) == (NOON, "Licensing Law art. 34")


def test_a_review_says_what_was_found():
    with pytest.raises(CommandRejected, match="findings: "):
        accepted().decide(replace(REVIEW, findings=" "), REVIEWER)


def test_what_a_region_took_back_is_no_ground_to_grant_and_none_against_refusing():
    given = reviewed()
    given.taken_back = True

    with pytest.raises(IdentityTakenBack, match="took back"):
        given.decide(GRANT, APPROVER)
    [refusal] = given.decide(REFUSE, APPROVER)

    assert isinstance(refusal.event, CaseRefused)


def test_a_grant_names_the_licence_and_the_day_to_serve_it_by():
    [grant] = reviewed().decide(GRANT, APPROVER)

    event = grant.event
    assert isinstance(event, CaseGranted)
    assert event.result == "licence 1"
    assert (event.serve_due.due, event.serve_due.working_days) == (date(2026, 2, 13), 3)
    assert (grant.effective_at, grant.legal_basis) == (NOON, "Licensing Law art. 38")
    assert granted().case.duties == {"service": event.serve_due}


def test_a_grant_that_rests_on_a_promise_says_so():
    given = accepted("premises").do(COMMIT, APPLICANT).do(REVIEW, REVIEWER)

    [grant] = given.decide(GRANT, APPROVER)

    event = grant.event
    assert isinstance(event, GrantedOnCommitment)
    assert (event.result, event.commitments) == ("licence 1", ("premises",))
    assert event.serve_due.working_days == 3
    assert given.do(GRANT, APPROVER).case.decision is Status.GRANTED_ON_COMMITMENT


def test_a_promise_kept_before_the_decision_is_not_relied_on():
    given = accepted("premises").do(COMMIT, APPLICANT)
    given.do(supplement("premises"), APPLICANT).do(REVIEW, REVIEWER)

    [grant] = given.decide(GRANT, APPROVER)

    assert isinstance(grant.event, CaseGranted)


def test_nothing_is_granted_while_something_is_owed():
    with pytest.raises(CommandRejected, match="still owed: premises"):
        reviewed("premises").decide(GRANT, APPROVER)


def test_a_grant_names_a_result():
    with pytest.raises(CommandRejected, match="result: "):
        reviewed().decide(replace(GRANT, result=" "), APPROVER)


def test_a_refusal_gives_reasons_and_remedies():
    [refusal] = reviewed().decide(REFUSE, APPROVER)

    assert refusal.event == CaseRefused(
        remedies=MAINLAND,
        serve_due=refusal.event.serve_due,
        reasons="the premises are unsafe",
    )
    assert refusal.event.serve_due.working_days == 3
    assert (refusal.effective_at, refusal.legal_basis) == (NOON, "Licensing Law art. 38")


def test_a_case_that_lacks_something_may_be_refused():
    assert reviewed("premises").do(REFUSE, APPROVER).status == Status.REFUSED


def test_a_refusal_without_reasons_is_refused():
    with pytest.raises(CommandRejected, match="reasons: "):
        reviewed().decide(replace(REFUSE, reasons=" "), APPROVER)


def test_in_hong_kong_a_refusal_names_its_remedies():
    clerk, reviewer, approver = (
        official(who.role, "hk.shops") for who in (CLERK, REVIEWER, APPROVER)
    )
    given = received(item=HK_ITEM).do(ACCEPT, clerk).do(REVIEW, reviewer)

    with pytest.raises(CommandRejected, match="remedies: "):
        given.decide(REFUSE, approver)
    [refusal] = given.decide(replace(REFUSE, remedies=("appeal to the board",)), approver)

    assert refusal.event.remedies == ("appeal to the board",)


@pytest.mark.parametrize("command", [GRANT, REFUSE])
def test_whoever_reviewed_a_case_does_not_decide_it(command):
    with pytest.raises(NotAllowed, match="reviewed a case does not decide"):
        reviewed().decide(command, SAME_PERSON)


def test_a_decision_is_served_by_a_named_means():
    [service] = granted().decide(SERVE, CLERK)

    assert service.event == DecisionServed(means="online: portal inbox")
    assert (service.effective_at, service.legal_basis) == (NOON, "Licensing Law art. 44")


def test_a_service_names_its_means():
    with pytest.raises(CommandRejected, match="means: "):
        granted().decide(replace(SERVE, means=" "), CLERK)


@pytest.mark.parametrize(("decision", "outcome"), [(GRANT, "GRANTED"), (REFUSE, "REFUSED")])
def test_a_served_case_is_closed_with_its_outcome(decision, outcome):
    given = reviewed().do(decision, APPROVER).do(SERVE, CLERK)

    [closure] = given.decide(CLOSE, CLERK)

    assert closure.event == CaseClosed(outcome=outcome)
    assert closure.effective_at == NOON
    assert given.do(CLOSE, CLERK).case.duties == {}


def test_an_applicant_may_take_an_undecided_application_back():
    [withdrawal] = reviewed().decide(WITHDRAW, APPLICANT)

    assert withdrawal.event == ApplicationWithdrawn(reason="moving away")
    assert withdrawal.effective_at == NOON


def test_a_withdrawal_needs_no_reason():
    given = received().do(replace(WITHDRAW, reason=""), APPLICANT)

    assert given.status == Status.WITHDRAWN
    assert given.case.duties == {}


def test_a_served_case_has_no_duty_left_but_closing():
    assert served().case.duties == {}
