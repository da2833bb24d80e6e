"""Which commands a case accepts, and the events that follow.

Every business rule is in this package. Rules look at the present;
`ledger.case.evolve` replays the past and has none, so tightening a rule never
breaks old history.
"""

from typing import assert_never

from ledger.actor import Role
from ledger.case import Case
from ledger.commands import (
    AcceptApplication,
    AcceptWithTolerance,
    CloseCase,
    Command,
    DeclareNotRequired,
    DeemAccepted,
    GrantCase,
    LapseTolerance,
    ReceiveOpinion,
    RecomputeDeadline,
    RefuseCase,
    RejectAtIntake,
    RequestCorrection,
    RequestJointReview,
    ReviewCase,
    ServeDecision,
    SignCommitment,
    SubmitApplication,
    SubmitCorrection,
    SubmitSupplement,
    WithdrawApplication,
    WithdrawJointReview,
)
from ledger.errors import CaseNotFound
from ledger.rules.context import Context, Decided, HandedOver, SignedDocument, Verified
from ledger.rules.deadlines import recompute_deadline
from ledger.rules.decision import (
    close_case,
    grant_case,
    refuse_case,
    review_case,
    serve_decision,
    withdraw_application,
)
from ledger.rules.intake import (
    accept_application,
    declare_not_required,
    deem_accepted,
    reject_at_intake,
    request_correction,
    submit_application,
    submit_correction,
)
from ledger.rules.joint import (
    receive_opinion,
    request_joint_review,
    withdraw_joint_review,
)
from ledger.rules.roles import ROLES, check_role
from ledger.rules.tolerance import (
    accept_with_tolerance,
    check_not_lapsed,
    lapse_tolerance,
    sign_commitment,
    submit_supplement,
)
from ledger.rules.words import check_words

__all__ = ["ROLES", "Context", "Decided", "HandedOver", "SignedDocument", "Verified", "decide"]


def decide(command: Command, case: Case | None, context: Context) -> list[Decided]:
    """Answer `command` with the events that follow.

    Raises `NotAllowed` when the actor may not ask this, `CaseNotFound` when
    there is no case to ask it of, and `CommandRejected` when its state refuses.
    """
    check_role(command, case, context.actor)
    if isinstance(command, SubmitApplication):
        return submit_application(command, case, context)
    if case is None:
        raise CaseNotFound(f"there is no case {command.case_id}")
    check_words(command)
    if context.actor.role is not Role.CLOCK:
        check_not_lapsed(case, context)
    match command:
        case RequestCorrection():
            return request_correction(command, case, context)
        case SubmitCorrection():
            return submit_correction(command, case, context)
        case AcceptApplication():
            return accept_application(command, case, context)
        case AcceptWithTolerance():
            return accept_with_tolerance(command, case, context)
        case RejectAtIntake():
            return reject_at_intake(command, case, context)
        case DeclareNotRequired():
            return declare_not_required(command, case, context)
        case SignCommitment():
            return sign_commitment(command, case, context)
        case SubmitSupplement():
            return submit_supplement(command, case, context)
        case ReviewCase():
            return review_case(command, case, context)
        case GrantCase():
            return grant_case(command, case, context)
        case RefuseCase():
            return refuse_case(command, case, context)
        case ServeDecision():
            return serve_decision(command, case, context)
        case CloseCase():
            return close_case(command, case, context)
        case WithdrawApplication():
            return withdraw_application(command, case, context)
        case RequestJointReview():
            return request_joint_review(command, case, context)
        case WithdrawJointReview():
            return withdraw_joint_review(command, case, context)
        case ReceiveOpinion():
            return receive_opinion(command, case, context)
        case DeemAccepted():
            return deem_accepted(command, case, context)
        case LapseTolerance():
            return lapse_tolerance(command, case, context)
        case RecomputeDeadline():
            return recompute_deadline(command, case, context)
        case _:
            assert_never(command)
