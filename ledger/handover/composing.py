"""Which entry owes a partner region a message, and what it says.

The message follows from the log alone, so any server writes the same one. Of
whom was erased there is nothing left to say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import chain
from uuid import UUID

import msgspec
from msgspec import Struct

from ledger.actor import Role
from ledger.application import Ledger
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
from ledger.handover.handover import fold_handover
from ledger.handover.telling import details
from ledger.handover_events import (
    HandoverBegun,
    HandoverCorrected,
    HandoverSupplemented,
    OpinionGiven,
    ReviewReceived,
)
from ledger.message_events import MessageReceived
from ledger.personal import Hidden
from ledger.ports import Message

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
_UNANSWERED = frozenset({contents.PROGRESSED, contents.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message owed to `region` about `subject`, with the digests that travel after it.

    `basis` is the law it is sent on, and `purpose` the service item it is for.
    """

    region: str
    message: Message
    subject: str | None
    purpose: str
    basis: str
    materials: tuple[str, ...] = field(default=(), repr=False)


def compose(ledger: Ledger, entry: Entry) -> Letter | None:
    """Return the message that `entry` owes, if it owes one."""
    [opened] = ledger.opened([entry])
    event = opened.event
    match event:
        case HandoverBegun():
            return _forwarded(opened, event)
        case HandoverCorrected():
            return _corrected(ledger, opened, event)
        case HandoverSupplemented():
            return _supplemented(ledger, opened, event)
        case OpinionGiven():
            return _opinion(ledger, opened, event)
        case JointReviewRequested():
            return _review(ledger, opened, event)
        case JointReviewWithdrawn():
            return _withdrawn(opened, event)
        case MessageReceived():
            return _refused(opened, event)
        case _:
            return _progressed(ledger, opened)


def _forwarded(entry: Entry, event: HandoverBegun) -> Letter | None:
    if isinstance(event.form, Hidden) or isinstance(event.digests, Hidden):
        return None
    if isinstance(event.claims, Hidden) or isinstance(event.account, Hidden):
        return None
    content = contents.Forwarded(
        item=event.item,
        clerk=entry.actor.id,
        window=event.window,
        basis=event.basis,
        duties={
            "received_by": event.duties.received_by,
            "form_checked_by": event.duties.form_checked_by,
            "identity_checked_by": event.duties.identity_checked_by,
        },
        applicant=contents.Applicant(event.account, event.jurisdiction, event.claims),
        vouched=contents.Vouched(
            event.verification,
            event.method,
            msgspec.convert(event.assured, contents.Vector, from_attributes=True),
        ),
        form=event.form,
        materials=event.digests,
    )
    return _letter(entry, event.to, contents.FORWARDED, content, event.digests)


def _corrected(ledger: Ledger, entry: Entry, event: HandoverCorrected) -> Letter | None:
    handover = fold_handover(ledger.entries(entry.stream, opened=False))
    if handover is None or isinstance(event.form, Hidden) or isinstance(event.digests, Hidden):
        return None
    content = contents.Corrected(entry.actor.id, event.form, event.digests)
    return _letter(entry, handover.region, contents.CORRECTION, content, event.digests)


def _supplemented(ledger: Ledger, entry: Entry, event: HandoverSupplemented) -> Letter | None:
    handover = fold_handover(ledger.entries(entry.stream, opened=False))
    # What goes with an opinion goes when it is given.
    if handover is None or handover.mode == "joint" or isinstance(event.digests, Hidden):
        return None
    content = contents.Supplemented(entry.actor.id, event.digests)
    return _letter(entry, handover.region, contents.SUPPLEMENT, content, event.digests)


def _opinion(ledger: Ledger, entry: Entry, event: OpinionGiven) -> Letter | None:
    entries = ledger.entries(entry.stream)
    asked = entries[0].event
    if not isinstance(asked, ReviewReceived):
        return None
    if isinstance(event.findings, Hidden) or isinstance(event.digests, Hidden):
        return None
    own = (e.event for e in entries if isinstance(e.event, HandoverSupplemented))
    added = _digests(each.digests for each in own) | dict(event.digests)
    content = contents.Opinion(asked.case, event.recommendation, event.findings, added)
    return _letter(entry, asked.sender, contents.OPINION, content, added, about=asked.review)


def _review(ledger: Ledger, entry: Entry, event: JointReviewRequested) -> Letter | None:
    if isinstance(event.question, Hidden) or isinstance(event.account, Hidden):
        return None
    entries = ledger.entries(entry.stream)
    case = _fold(entries, entry.version)
    held = _digests(getattr(each.event, "digests", {}) for each in entries)
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
    return _letter(entry, event.region, contents.REVIEW, content, shared, about=event.review)


def _withdrawn(entry: Entry, event: JointReviewWithdrawn) -> Letter | None:
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
    return _letter(entry, event.region, contents.PROGRESSED, content, {}, about=event.review)


def _refused(entry: Entry, event: MessageReceived) -> Letter | None:
    if not event.refused or event.kind in _UNANSWERED:
        return None
    reason = "" if isinstance(event.reason, Hidden) else event.reason
    content = contents.Refused(event.kind, reason)
    return _letter(entry, event.sender, contents.REFUSED, content, {}, about=event.about)


def _progressed(ledger: Ledger, entry: Entry) -> Letter | None:
    entries = ledger.entries(entry.stream)
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
    return _letter(
        entry, follower.region, contents.PROGRESSED, content, {}, about=follower.handover
    )


def _letter(
    entry: Entry,
    region: str,
    kind: str,
    content: Struct,
    materials: Mapping[str, str],
    *,
    about: UUID | None = None,
) -> Letter:
    message = Message(kind=kind, about=about or entry.stream, content=contents.plain(content))
    digests = tuple(sorted(set(materials.values())))
    return Letter(
        region=region,
        message=message,
        subject=entry.subject,
        purpose=entry.item or "",
        basis=entry.legal_basis or "State Council Office 2020/35",
        materials=digests,
    )


def _fold(entries: Iterable[Entry], version: int) -> Case:
    """The case after that version; an entry of a case is there, so it is one."""
    first, *others = [entry for entry in entries if entry.version <= version]
    return reduce(evolve, others, evolve(None, first))


def _digests(found: Iterable[object]) -> dict[str, str]:
    """The newest digest of each kind."""
    return dict(
        chain.from_iterable(each.items() for each in found if isinstance(each, Mapping))
    )


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
