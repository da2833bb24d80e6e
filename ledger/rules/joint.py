"""What crosses regions: who is told of a case, and whose opinion is asked (多地联办).

The deciding authority stays the one that decides, and its calendar counts. While
an opinion is waited for nothing is decided; the request can be taken back.
"""

from ledger.actor import Role
from ledger.agreements import BASES, check_agreed, check_may_pass
from ledger.calendar import Deadline, deadline
from ledger.case import Asked, Case, Status
from ledger.commands import (
    ReceiveOpinion,
    RequestJointReview,
    SubmitApplication,
    WithdrawJointReview,
)
from ledger.errors import CommandRejected, NotAllowed
from ledger.events import (
    CaseFollowed,
    JointOpinionReceived,
    JointReviewRequested,
    JointReviewWithdrawn,
)
from ledger.rules.consents import law_of
from ledger.rules.context import Context, Decided

_ASKING = frozenset({Status.ACCEPTED, Status.ACCEPTED_WITH_TOLERANCE, Status.UNDER_REVIEW})
_STATUTORY = "statutory_decision"


def follow(command: SubmitApplication, context: Context) -> list[Decided]:
    """Say which region is told of a new case, if one is: the window's, or the asked one."""
    came, inform = context.handed_over, command.inform
    if came is not None:
        check_agreed(context.agreements, came.region, "collect", context.item.id)
        _check_mode("collect", context)
        event = CaseFollowed(
            region=came.region,
            mode="collect",
            handover=came.handover,
            account=came.account,
            claims=came.claims,
        )
        return [Decided(event=event, effective_at=context.now, legal_basis=BASES["duty"])]
    if inform is None or context.verified is None:
        return []
    check_agreed(context.agreements, inform, "online", context.item.id)
    _check_mode("online", context)
    # The person asks for it and may stop it: that is by consent (PIPL art. 14, 15).
    law = law_of("consent", inform, context.consent)
    event = CaseFollowed(
        region=inform,
        mode="online",
        handover=command.case_id,
        account=context.account(inform),
        claims={},
    )
    return [Decided(event=event, effective_at=context.now, legal_basis=law)]


def request_joint_review(
    command: RequestJointReview, case: Case, context: Context
) -> list[Decided]:
    """Ask for an opinion, by a day on the deciding authority's calendar."""
    if case.status not in _ASKING:
        raise CommandRejected(f"the case is {case.status}: opinions are asked in its review")
    check_agreed(context.agreements, command.region, "joint", context.item.id)
    _check_mode("joint", context)
    check_may_pass(
        from_hong_kong=case.from_hong_kong, region=command.region, basis=command.basis
    )
    law = law_of(command.basis, command.region, context.consent)
    if command.review.hex in case.joint:
        raise CommandRejected("this opinion is waited for already")
    if not command.question.strip():
        raise CommandRejected("question: say what you want to know")
    missing = sorted(set(command.materials) - case.submitted)
    if missing:
        raise CommandRejected(f"materials: {', '.join(missing)[:200]} is not here to be shared")
    joint = context.item.joint
    if joint is None:
        raise CommandRejected(f"{context.item.id} has no joint handling")
    return [
        Decided(
            event=JointReviewRequested(
                review=command.review,
                region=command.region,
                authority=command.authority,
                basis=command.basis,
                materials=tuple(sorted(set(command.materials))),
                due=context.due_in(joint.opinion),
                statutory_due=_longer(case, joint.decide, context),
                account=context.account(command.region),
                question=command.question,
            ),
            effective_at=context.now,
            legal_basis=f"{context.law('26')}; {law}",
        )
    ]


def withdraw_joint_review(
    command: WithdrawJointReview, case: Case, context: Context
) -> list[Decided]:
    """Wait for an opinion no longer; the other region may say itself that it gives none."""
    asked = _asked(case, command.review.hex, context)
    event = JointReviewWithdrawn(
        review=command.review, region=asked.region, reason=command.reason
    )
    return [Decided(event=event, effective_at=context.now, legal_basis=context.law("26"))]


def receive_opinion(command: ReceiveOpinion, case: Case, context: Context) -> list[Decided]:
    """Take the opinion of the region that was asked."""
    asked = _asked(case, command.review.hex, context)
    event = JointOpinionReceived(
        review=command.review,
        region=asked.region,
        recommendation=command.recommendation,
        materials=tuple(sorted(command.materials)),
        findings=command.findings,
        digests=command.materials,
    )
    return [Decided(event=event, effective_at=context.now, legal_basis=context.law("26"))]


def _asked(case: Case, review: str, context: Context) -> Asked:
    asked = case.joint.get(review)
    if asked is None:
        raise CommandRejected("this opinion is not waited for, or no longer")
    if context.actor.role is Role.PARTNER and context.actor.id != asked.region:
        raise NotAllowed("this opinion was asked of another region")
    return asked


def _longer(case: Case, working_days: int, context: Context) -> Deadline | None:
    """The term of joint handling, counted from the day the running one is counted from."""
    running = case.duties.get(_STATUTORY)
    if running is None or running.working_days >= working_days:
        return None
    return deadline(context.calendar, running.counted_from, working_days)


def _check_mode(mode: str, context: Context) -> None:
    if mode not in context.item.modes:
        raise CommandRejected(f"{context.item.id} is not handled in the mode {mode}")
