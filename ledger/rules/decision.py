"""Review, decision, service, closure, and the applicant's way out.

Two people decide: whoever reviewed a case does not approve it.
"""

from ledger.case import Case, Status
from ledger.commands import (
    CloseCase,
    GrantCase,
    RefuseCase,
    ReviewCase,
    ServeDecision,
    WithdrawApplication,
)
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
from ledger.rules.context import Context, Decided
from ledger.rules.remedies import remedies

_ACCEPTED = frozenset({Status.ACCEPTED, Status.ACCEPTED_WITH_TOLERANCE})
_DECIDED = frozenset({Status.GRANTED, Status.GRANTED_ON_COMMITMENT, Status.REFUSED})
_PENDING = _ACCEPTED | {Status.RECEIVED, Status.CORRECTION_REQUESTED, Status.UNDER_REVIEW}


def review_case(command: ReviewCase, case: Case, context: Context) -> list[Decided]:
    """Record the examination of an accepted case."""
    if case.status not in _ACCEPTED:
        raise CommandRejected(f"the case is {case.status}: only an accepted case is reviewed")
    if not command.findings.strip():
        raise CommandRejected("findings: say what was examined and found")
    return [
        Decided(
            event=CaseReviewed(
                recommendation=command.recommendation, findings=command.findings
            ),
            effective_at=context.now,
            legal_basis=context.law("34"),
        )
    ]


def grant_case(command: GrantCase, case: Case, context: Context) -> list[Decided]:
    """Grant what nothing is owed for any more; on commitment where one stands for a proof."""
    _check_ready(case, context)
    if context.taken_back:
        raise IdentityTakenBack("the applicant's region took back what it said of who they are")
    if not command.result.strip():
        raise CommandRejected("result: name the licence or certificate that is granted")
    missing = sorted(
        material.id
        for material in context.item.materials
        if material.id not in case.submitted | case.committed
    )
    if missing:
        raise CommandRejected(f"still owed: {', '.join(missing)}")
    serve_due = context.due_in(context.item.terms.serve)
    relied_on = tuple(sorted(case.committed - case.submitted))
    event = (
        GrantedOnCommitment(result=command.result, serve_due=serve_due, commitments=relied_on)
        if relied_on
        else CaseGranted(result=command.result, serve_due=serve_due)
    )
    return [Decided(event=event, effective_at=context.now, legal_basis=context.law("38"))]


def refuse_case(command: RefuseCase, case: Case, context: Context) -> list[Decided]:
    """Refuse, with reasons and remedies."""
    _check_ready(case, context)
    if not command.reasons.strip():
        raise CommandRejected("reasons: a refusal gives its reasons (Licensing Law art. 38)")
    return [
        Decided(
            event=CaseRefused(
                remedies=remedies(command.remedies, context.authority),
                serve_due=context.due_in(context.item.terms.serve),
                reasons=command.reasons,
            ),
            effective_at=context.now,
            legal_basis=context.law("38"),
        )
    ]


def serve_decision(command: ServeDecision, case: Case, context: Context) -> list[Decided]:
    """Record that the decision reached the applicant, and how."""
    if case.status not in _DECIDED:
        raise CommandRejected(f"the case is {case.status}: there is no decision to serve")
    if not command.means.strip():
        raise CommandRejected("means: name how it was served; online, name the channel")
    return [
        Decided(
            event=DecisionServed(means=command.means),
            effective_at=context.now,
            legal_basis=context.law("44"),
        )
    ]


def close_case(_: CloseCase, case: Case, context: Context) -> list[Decided]:
    """Close a case whose decision was served."""
    if case.status is not Status.SERVED or case.decision is None:
        raise CommandRejected(f"the case is {case.status}: only a served case is closed")
    return [Decided(event=CaseClosed(outcome=case.decision), effective_at=context.now)]


def withdraw_application(
    command: WithdrawApplication, case: Case, context: Context
) -> list[Decided]:
    """Let the applicant take the application back while it is undecided."""
    if case.status not in _PENDING:
        raise CommandRejected(f"the case is {case.status}: it can no longer be withdrawn")
    return [
        Decided(event=ApplicationWithdrawn(reason=command.reason), effective_at=context.now)
    ]


def _check_ready(case: Case, context: Context) -> None:
    """Refuse a decision before its review, and by whoever reviewed."""
    if case.joint:
        regions = ", ".join(sorted({asked.region for asked in case.joint.values()}))
        raise CommandRejected(
            f"an opinion of {regions} is waited for; withdraw the request to go on without it"
        )
    if case.status is not Status.UNDER_REVIEW:
        raise CommandRejected(f"the case is {case.status}: it is decided after its review")
    if context.actor.id in case.reviewers:
        raise NotAllowed("whoever reviewed a case does not decide it")
