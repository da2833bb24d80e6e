"""A case as its entries leave it.

`evolve` replays and never refuses; every rule is in `ledger.rules`. It sees
the whole entry, so the case knows its day of receipt and who reviewed it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TypeGuard, assert_never, get_args
from uuid import UUID

import msgspec
from msgspec.structs import replace

from ledger.calendar import Deadline
from ledger.entry import Entry, Event
from ledger.errors import LogDamaged
from ledger.events import (
    AcceptanceDeemed,
    AcceptedWithTolerance,
    ApplicantVerified,
    ApplicationAccepted,
    ApplicationReceived,
    ApplicationWithdrawn,
    CaseClosed,
    CaseEvent,
    CaseFollowed,
    CaseGranted,
    CaseRefused,
    CaseReviewed,
    CommitmentSigned,
    CorrectionRequested,
    CorrectionSubmitted,
    DeadlineRecomputed,
    DecisionServed,
    DeferredMaterial,
    GrantedOnCommitment,
    JointOpinionReceived,
    JointReviewRequested,
    JointReviewWithdrawn,
    NotRequired,
    RejectedAtIntake,
    SupplementSubmitted,
    ToleranceLapsed,
)


class Status(StrEnum):
    """Where a case stands (DOMAIN §1)."""

    DRAFT = "DRAFT"
    RECEIVED = "RECEIVED"
    CORRECTION_REQUESTED = "CORRECTION_REQUESTED"
    NOT_REQUIRED = "NOT_REQUIRED"
    REJECTED_AT_INTAKE = "REJECTED_AT_INTAKE"
    ACCEPTED = "ACCEPTED"
    ACCEPTED_WITH_TOLERANCE = "ACCEPTED_WITH_TOLERANCE"
    UNDER_REVIEW = "UNDER_REVIEW"
    GRANTED = "GRANTED"
    GRANTED_ON_COMMITMENT = "GRANTED_ON_COMMITMENT"
    REFUSED = "REFUSED"
    SERVED = "SERVED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


class Asked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An opinion that is waited for: whose, and until when."""

    region: str
    due: Deadline


class Follower(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A partner region that is told of the case, and by what name it knows it."""

    region: str
    mode: str
    handover: UUID


class Case(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The state a rule may look at. `duties` are the deadlines now running, by name.

    `joint` has the opinions that are waited for, by the id of the joint review in hex.
    """

    id: UUID
    version: int
    status: Status
    item: str
    item_version: int
    subject: str
    opened_at: datetime
    changed_at: datetime
    authority: str = ""
    receipt: str = ""
    received_on: date | None = None
    received_at: datetime | None = None
    submitted: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    corrected_by_notice: bool = False
    deferred: tuple[DeferredMaterial, ...] = ()
    committed: frozenset[str] = frozenset()
    reviewers: frozenset[str] = frozenset()
    recommendation: str | None = None
    decision: Status | None = None
    duties: Mapping[str, Deadline] = {}
    jurisdiction: str = ""
    from_hong_kong: bool = False
    follower: Follower | None = None
    joint: Mapping[str, Asked] = {}

    @property
    def owed(self) -> frozenset[str]:
        """Deferred materials that have neither come nor been replaced by a commitment."""
        return frozenset(d.material for d in self.deferred) - self.submitted - self.committed


def fold(entries: Iterable[Entry]) -> Case | None:
    """Replay `entries` from the first on."""
    case: Case | None = None
    for entry in entries:
        case = evolve(case, entry)
    return case


def evolve(case: Case | None, entry: Entry) -> Case:
    """Return the case as `entry` leaves it."""
    event = entry.event
    if not _is_of_a_case(event):
        raise LogDamaged(f"version {entry.version} of case {entry.stream} is a {entry.name}")
    before = case if case is not None else _opened(entry)
    after = _apply(before, event, entry)
    return replace(after, version=entry.version, changed_at=entry.recorded_at)


_KINDS = frozenset(get_args(CaseEvent))


def _is_of_a_case(event: Event) -> TypeGuard[CaseEvent]:
    return type(event) in _KINDS


def _opened(entry: Entry) -> Case:
    return Case(
        id=entry.stream,
        version=0,
        status=Status.DRAFT,
        item=entry.item or "",
        item_version=entry.item_version or 0,
        subject=entry.subject or "",
        opened_at=entry.recorded_at,
        changed_at=entry.recorded_at,
    )


def _apply(case: Case, event: CaseEvent, entry: Entry) -> Case:
    match event:
        case ApplicantVerified():
            return replace(
                case,
                jurisdiction=event.jurisdiction,
                from_hong_kong=event.from_hong_kong,
            )
        case CaseFollowed():
            follower = Follower(region=event.region, mode=event.mode, handover=event.handover)
            return replace(case, follower=follower)
        case JointReviewRequested():
            asked = Asked(region=event.region, due=event.due)
            case = _asked(case, {**case.joint, event.review.hex: asked})
            if event.statutory_due is None:
                return case
            duties = {**case.duties, "statutory_decision": event.statutory_due}
            return replace(case, duties=duties)
        case JointOpinionReceived() | JointReviewWithdrawn():
            left = {id: each for id, each in case.joint.items() if id != event.review.hex}
            return _asked(case, left)
        case ApplicationReceived():
            return replace(
                case,
                status=Status.RECEIVED,
                authority=event.authority,
                receipt=event.receipt,
                received_on=event.received_on,
                received_at=entry.effective_at,
                submitted=frozenset(event.materials),
                duties={"intake": event.intake_due},
            )
        case CorrectionRequested():
            return replace(
                case,
                status=Status.CORRECTION_REQUESTED,
                told=frozenset(event.materials),
                corrected_by_notice=True,
                duties={"correction": event.due},
            )
        case CorrectionSubmitted():
            return replace(
                case,
                status=Status.RECEIVED,
                received_on=event.received_on,
                received_at=entry.effective_at,
                submitted=case.submitted | frozenset(event.materials),
                duties={"intake": event.intake_due},
            )
        case ApplicationAccepted() | AcceptanceDeemed():
            return replace(
                case,
                status=Status.ACCEPTED,
                duties={
                    "decision": event.decision_due,
                    "statutory_decision": event.statutory_due,
                },
            )
        case AcceptedWithTolerance():
            return replace(
                case,
                status=Status.ACCEPTED_WITH_TOLERANCE,
                deferred=event.deferred,
                duties={
                    "decision": event.decision_due,
                    "statutory_decision": event.statutory_due,
                    "supplement": min((d.due for d in event.deferred), key=_due),
                },
            )
        case RejectedAtIntake():
            return replace(case, status=Status.REJECTED_AT_INTAKE, duties={})
        case NotRequired():
            return replace(case, status=Status.NOT_REQUIRED, duties={})
        case CommitmentSigned():
            return _brought(
                replace(case, committed=case.committed | frozenset(event.materials))
            )
        case SupplementSubmitted():
            return _brought(
                replace(case, submitted=case.submitted | frozenset(event.materials))
            )
        case ToleranceLapsed():
            return replace(case, status=Status.LAPSED, duties={})
        case CaseReviewed():
            return replace(
                case,
                status=Status.UNDER_REVIEW,
                reviewers=case.reviewers | {entry.actor.id},
                recommendation=event.recommendation,
            )
        case CaseGranted():
            return _decided(case, Status.GRANTED, event.serve_due)
        case GrantedOnCommitment():
            return _decided(case, Status.GRANTED_ON_COMMITMENT, event.serve_due)
        case CaseRefused():
            return _decided(case, Status.REFUSED, event.serve_due)
        case DecisionServed():
            return replace(case, status=Status.SERVED, duties={})
        case CaseClosed():
            return replace(case, status=Status.CLOSED, duties={})
        case ApplicationWithdrawn():
            return replace(case, status=Status.WITHDRAWN, duties={})
        case DeadlineRecomputed():
            return replace(case, duties={**case.duties, event.duty: event.deadline})
        case _:
            assert_never(event)


def _brought(case: Case) -> Case:
    """Something came: no longer owed, and examined by nobody if it came after the review."""
    if case.status is Status.UNDER_REVIEW:
        again = Status.ACCEPTED_WITH_TOLERANCE if case.deferred else Status.ACCEPTED
        case = replace(case, status=again)
    if case.owed:
        return case
    duties = {name: due for name, due in case.duties.items() if name != "supplement"}
    return replace(case, duties=duties)


def _asked(case: Case, joint: Mapping[str, Asked]) -> Case:
    """These opinions are waited for, the first of them by the day of the duty."""
    duties = {name: due for name, due in case.duties.items() if name != "joint_opinion"}
    if joint:
        duties["joint_opinion"] = min((each.due for each in joint.values()), key=_due)
    return replace(case, joint=joint, duties=duties)


def _decided(case: Case, status: Status, serve_due: Deadline) -> Case:
    return replace(case, status=status, decision=status, duties={"service": serve_due})


def _due(deadline: Deadline) -> date:
    return deadline.due
