"""Who may give which command, before the state of any case is looked at.

A clerk checks form and receives; turning someone away, examining and deciding
are for officials, and nobody decides alone.
"""

from collections.abc import Mapping

from ledger.actor import OWN, Actor, Role
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
from ledger.errors import NotAllowed

_INTAKE = frozenset({Role.CLERK, Role.REVIEWER})
_REVIEW = frozenset({Role.REVIEWER})
_DECIDE = frozenset({Role.APPROVER})
_PARTNER = frozenset({Role.PARTNER})
_TIME = frozenset({Role.CLOCK})

ROLES: Mapping[type[Command], frozenset[Role]] = {
    SubmitApplication: OWN,
    SubmitCorrection: OWN,
    SubmitSupplement: OWN,
    SignCommitment: OWN,
    WithdrawApplication: OWN,
    RequestCorrection: _INTAKE,
    AcceptApplication: _INTAKE,
    AcceptWithTolerance: _INTAKE,
    RejectAtIntake: _REVIEW,
    DeclareNotRequired: _REVIEW,
    ReviewCase: _REVIEW,
    GrantCase: _DECIDE,
    RefuseCase: _DECIDE,
    ServeDecision: _INTAKE | _DECIDE,
    CloseCase: _INTAKE | _DECIDE,
    RequestJointReview: _REVIEW,
    WithdrawJointReview: _REVIEW | _PARTNER,
    ReceiveOpinion: _PARTNER,
    DeemAccepted: _TIME,
    LapseTolerance: _TIME,
    RecomputeDeadline: _TIME,
}


def check_role(command: Command, case: Case | None, actor: Actor) -> None:
    """Raise `NotAllowed` unless `actor` may give this kind of command on this case."""
    allowed = ROLES[type(command)]
    if actor.role not in allowed:
        who = " or ".join(sorted(allowed))
        raise NotAllowed(f"this is for the {who}, not for the {actor.role}")
    if case is None or actor.role in (Role.CLOCK, Role.PARTNER):
        return
    if actor.role in OWN and actor.principal != case.subject:
        raise NotAllowed("this case belongs to someone else")
    if actor.role not in OWN and actor.authority != case.authority:
        raise NotAllowed(f"this case is decided by {case.authority}")
