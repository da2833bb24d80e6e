"""In which state each command is taken: a table of every command and every status."""

import pytest

from ledger.actor import CLOCK, Actor
from ledger.case import Status
from ledger.commands import (
    Command,
    DeclareNotRequired,
    DeemAccepted,
    LapseTolerance,
    RefuseCase,
    RejectAtIntake,
    RequestCorrection,
    RequestJointReview,
    WithdrawApplication,
)
from ledger.errors import CaseNotFound, CommandRejected
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    APPROVER,
    CASE,
    CLERK,
    CLOSE,
    COMMIT,
    GRANT,
    REVIEW,
    REVIEWER,
    SERVE,
    TOLERATE,
    at,
    correction,
    supplement,
)
from tests.ledger.procedure import (
    Procedure,
    accepted,
    closed,
    correcting,
    granted,
    received,
    reviewed,
    served,
    tolerated,
)

REJECT = RejectAtIntake(case_id=CASE, competent_body="gd.other", reasons="another district")
NEEDLESS = DeclareNotRequired(case_id=CASE, reasons="no licence is needed")
REFUSE = RefuseCase(case_id=CASE, reasons="unsafe")
WITHDRAW = WithdrawApplication(case_id=CASE)
ASK = RequestJointReview(
    case_id=CASE,
    review=CASE,
    region="CN-GX",
    authority="gx.shops",
    question="Is this seal yours?",
    basis="duty",
)
LAPSE = LapseTolerance(case_id=CASE)

REACHED = {
    Status.RECEIVED: received,
    Status.CORRECTION_REQUESTED: lambda: correcting("application"),
    Status.NOT_REQUIRED: lambda: received().do(NEEDLESS, REVIEWER),
    Status.REJECTED_AT_INTAKE: lambda: received().do(REJECT, REVIEWER),
    Status.ACCEPTED: accepted,
    Status.ACCEPTED_WITH_TOLERANCE: tolerated,
    Status.UNDER_REVIEW: lambda: tolerated().do(REVIEW, REVIEWER),
    Status.GRANTED: granted,
    Status.GRANTED_ON_COMMITMENT: lambda: (
        accepted("premises").do(COMMIT, APPLICANT).do(REVIEW, REVIEWER).do(GRANT, APPROVER)
    ),
    Status.REFUSED: lambda: reviewed().do(REFUSE, APPROVER),
    Status.SERVED: served,
    Status.CLOSED: closed,
    Status.WITHDRAWN: lambda: received().do(WITHDRAW, APPLICANT),
    Status.LAPSED: lambda: tolerated().at(at("2026-04-01 00:00")).do(LAPSE, CLOCK),
}

INTAKE = {Status.RECEIVED}
OPEN = {Status.ACCEPTED, Status.ACCEPTED_WITH_TOLERANCE, Status.UNDER_REVIEW}
DECIDED = {Status.GRANTED, Status.GRANTED_ON_COMMITMENT, Status.REFUSED}

TAKEN: list[tuple[Command, Actor, set[Status]]] = [
    (RequestCorrection(case_id=CASE, deficiencies={"plan": "torn"}), CLERK, INTAKE),
    (ACCEPT, CLERK, INTAKE),
    (TOLERATE, CLERK, INTAKE),
    (REJECT, REVIEWER, INTAKE),
    (NEEDLESS, REVIEWER, INTAKE),
    (DeemAccepted(case_id=CASE), CLOCK, INTAKE),
    (correction("application"), APPLICANT, {Status.CORRECTION_REQUESTED}),
    (COMMIT, APPLICANT, OPEN | INTAKE | {Status.CORRECTION_REQUESTED}),
    (supplement("plan"), APPLICANT, OPEN),
    (REVIEW, REVIEWER, OPEN - {Status.UNDER_REVIEW}),
    (GRANT, APPROVER, {Status.UNDER_REVIEW}),
    (REFUSE, APPROVER, {Status.UNDER_REVIEW}),
    (ASK, REVIEWER, OPEN),
    (SERVE, CLERK, DECIDED),
    (CLOSE, CLERK, {Status.SERVED}),
    (WITHDRAW, APPLICANT, OPEN | INTAKE | {Status.CORRECTION_REQUESTED}),
    (LAPSE, CLOCK, {Status.ACCEPTED_WITH_TOLERANCE, Status.UNDER_REVIEW}),
]


def test_every_status_but_draft_can_be_reached():
    reached = {given().case.status for given in REACHED.values()}

    assert reached == set(REACHED) == set(Status) - {Status.DRAFT}


@pytest.mark.parametrize(
    ("command", "actor", "states"), TAKEN, ids=[type(row[0]).__name__ for row in TAKEN]
)
def test_a_command_is_taken_only_in_its_states(command, actor, states):
    taken = {
        status
        for status, given in REACHED.items()
        if not _out_of_state(given(), command, actor)
    }

    assert taken == states


@pytest.mark.parametrize(
    ("command", "actor", "states"), TAKEN, ids=[type(row[0]).__name__ for row in TAKEN]
)
def test_no_command_but_a_submission_opens_a_case(command, actor, states):
    with pytest.raises(CaseNotFound, match=str(CASE)):
        Procedure().decide(command, actor)


def _out_of_state(given, command, actor):
    """Whether the refusal, if there is one, is about the state the case is in."""
    try:
        given.decide(command, actor)
    except CommandRejected as refusal:
        return f"the case is {given.status}" in str(refusal)
    return False
