"""What a case of ours tells other regions: who follows it, and who is asked about it."""

from collections.abc import Iterable
from functools import reduce

from ledger.actor import Role
from ledger.case import Case, Follower, Status, evolve
from ledger.entry import Entry
from ledger.events import (
    ApplicantVerified,
    ApplicationWithdrawn,
    CaseClosed,
    CaseFollowed,
    CaseGranted,
    CaseRefused,
    CaseReviewed,
    DecisionServed,
    GrantedOnCommitment,
    JointOpinionReceived,
    JointReviewRequested,
    JointReviewWithdrawn,
    NotRequired,
    RejectedAtIntake,
    ToleranceLapsed,
)
from ledger.handover import contents
from ledger.handover.letter import History, Letter, letter, newest
from ledger.handover.telling import details
from ledger.personal import Hidden

_INNER = (
    ApplicantVerified,
    CaseFollowed,
    CaseReviewed,
    JointReviewRequested,
    JointOpinionReceived,
    JointReviewWithdrawn,
)
"""What the deciding authority does inside; a window is not told."""

_RESULTS = (
    RejectedAtIntake,
    NotRequired,
    CaseGranted,
    GrantedOnCommitment,
    CaseRefused,
    DecisionServed,
    CaseClosed,
    ApplicationWithdrawn,
    ToleranceLapsed,
)


def review_asked(entry: Entry, event: JointReviewRequested, history: History) -> Letter | None:
    """Ask another region's authority, with what is shared of the case."""
    if isinstance(event.question, Hidden) or isinstance(event.account, Hidden):
        return None
    entries = history()
    case = _fold(entries, entry.version)
    held = newest(getattr(each.event, "digests", {}) for each in entries)
    shared = {kind: held[kind] for kind in event.materials if kind in held}
    content = contents.ReviewRequested(
        case=entry.stream,
        item=entry.item or "",
        authority=event.authority,
        basis=event.basis,
        applicant=contents.Applicant(event.account, case.jurisdiction),
        due=event.due.due,
        question=event.question,
        materials=shared,
    )
    return letter(entry, event.region, contents.REVIEW, content, shared, about=event.review)


def review_withdrawn(entry: Entry, event: JointReviewWithdrawn) -> Letter | None:
    """Tell that an opinion is asked no more, unless the other region refused to give it."""
    if entry.actor.role is Role.PARTNER:
        return None
    content = contents.Progressed(
        told=entry.name,
        mode="joint",
        item=entry.item or "",
        status="WITHDRAWN",
        version=entry.version,
        occurred_at=entry.effective_at,
        details={} if isinstance(event.reason, Hidden) else {"reason": event.reason},
    )
    return letter(entry, event.region, contents.PROGRESSED, content, {}, about=event.review)


def progressed(entry: Entry, history: History) -> Letter | None:
    """Tell this step of the case, if a region follows it and is told such steps."""
    entries = history()
    case = _fold(entries, entry.version)
    follower = _fold(entries, entries[-1].version).follower
    if follower is None or isinstance(entry.event, _INNER):
        return None
    if follower.mode == "online" and not isinstance(entry.event, _RESULTS):
        return None
    is_correction = case.status is Status.CORRECTION_REQUESTED
    content = contents.Progressed(
        told=entry.name,
        mode="online" if follower.mode == "online" else "collect",
        item=case.item,
        status=str(case.status),
        version=entry.version,
        occurred_at=entry.effective_at,
        receipt=case.receipt,
        materials=tuple(sorted(case.told)) if is_correction else (),
        due=min((each.due for each in case.duties.values()), default=None),
        details=details(entry.event),
        applicant=_applicant(entries, follower, case.jurisdiction),
    )
    return letter(
        entry, follower.region, contents.PROGRESSED, content, {}, about=follower.handover
    )


def _fold(entries: Iterable[Entry], version: int) -> Case:
    """The case after that version; an entry of a case is there, so it is one."""
    first, *others = [entry for entry in entries if entry.version <= version]
    return reduce(evolve, others, evolve(None, first))


def _applicant(
    entries: Iterable[Entry], follower: Follower, jurisdiction: str
) -> contents.Applicant | None:
    """Who it is, for a region that learns of the case only now."""
    if follower.mode != "online":
        return None
    for event in (entry.event for entry in entries):
        if isinstance(event, CaseFollowed) and not isinstance(event.account, Hidden):
            return contents.Applicant(event.account, jurisdiction)
    return None
