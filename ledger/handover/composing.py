"""Which entry owes a partner region a message, and what it says.

The message follows from the log alone, so any server writes the same one. Of
whom was erased there is nothing left to say.
"""

from functools import partial

import msgspec

from ledger.application import Ledger
from ledger.consent import named_in
from ledger.entry import Entry
from ledger.events import JointReviewRequested, JointReviewWithdrawn
from ledger.handover import contents
from ledger.handover.handover import fold_handover
from ledger.handover.letter import History, Letter, letter, newest
from ledger.handover.reporting import progressed, review_asked, review_withdrawn
from ledger.handover_events import (
    HandoverBegun,
    HandoverCorrected,
    HandoverSupplemented,
    OpinionGiven,
    ReviewReceived,
)
from ledger.message_events import MessageReceived
from ledger.personal import Hidden

_UNANSWERED = frozenset({contents.PROGRESSED, contents.REFUSED})
_REASON = 2_000
"""A reason of ours may repeat what a partner wrote, at whatever length."""


def compose(ledger: Ledger, entry: Entry) -> Letter | None:
    """Return the message that `entry`, which is in the log, owes, if it owes one."""
    [opened] = ledger.opened([entry])
    history = partial(ledger.entries, entry.stream)
    letter = owed(opened, history)
    return letter if letter is None or may_go(ledger, entry, letter.region) else None


def may_go(ledger: Ledger, entry: Entry, region: str) -> bool:
    """Tell whether what `entry` owes `region` rests on no withdrawn consent (PIPL art. 15).

    That an opinion is asked no more is told all the same: it ends what rested on one.
    """
    if entry.subject is None or isinstance(entry.event, JointReviewWithdrawn):
        return True
    history = ledger.entries(entry.stream, opened=False)
    named = {named_in(each.legal_basis) for each in history} - {None}
    if not named:
        return True
    given = [each for each in ledger.consents(entry.subject) if each.id in named]
    to_them = [each for each in given if each.recipient == region]
    return not to_them or any(each.stands for each in to_them)


def owed(entry: Entry, history: History) -> Letter | None:
    """Return the message that `entry` owes, which may still be about to be recorded."""
    event = entry.event
    match event:
        case HandoverBegun():
            return _forwarded(entry, event)
        case HandoverCorrected():
            return _corrected(entry, event, history)
        case HandoverSupplemented():
            return _supplemented(entry, event, history)
        case OpinionGiven():
            return _opinion(entry, event, history)
        case JointReviewRequested():
            return review_asked(entry, event, history)
        case JointReviewWithdrawn():
            return review_withdrawn(entry, event)
        case MessageReceived():
            return _refused(entry, event)
        case _:
            return progressed(entry, history)


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
    return letter(entry, event.to, contents.FORWARDED, content, event.digests)


def _corrected(entry: Entry, event: HandoverCorrected, history: History) -> Letter | None:
    handover = fold_handover(history())
    if handover is None or isinstance(event.form, Hidden) or isinstance(event.digests, Hidden):
        return None
    content = contents.Corrected(entry.actor.id, event.form, event.digests)
    return letter(entry, handover.region, contents.CORRECTION, content, event.digests)


def _supplemented(entry: Entry, event: HandoverSupplemented, history: History) -> Letter | None:
    handover = fold_handover(history())
    # What goes with an opinion goes when it is given.
    if handover is None or handover.mode == "joint" or isinstance(event.digests, Hidden):
        return None
    content = contents.Supplemented(entry.actor.id, event.digests)
    return letter(entry, handover.region, contents.SUPPLEMENT, content, event.digests)


def _opinion(entry: Entry, event: OpinionGiven, history: History) -> Letter | None:
    entries = history()
    asked = entries[0].event
    if not isinstance(asked, ReviewReceived):
        return None
    if isinstance(event.findings, Hidden) or isinstance(event.digests, Hidden):
        return None
    own = (e.event for e in entries if isinstance(e.event, HandoverSupplemented))
    added = newest(each.digests for each in own) | dict(event.digests)
    content = contents.Opinion(asked.case, event.recommendation, event.findings, added)
    return letter(entry, asked.sender, contents.OPINION, content, added, about=asked.review)


def _refused(entry: Entry, event: MessageReceived) -> Letter | None:
    if not event.refused or event.kind in _UNANSWERED:
        return None
    reason = "" if isinstance(event.reason, Hidden) else event.reason[:_REASON]
    content = contents.Refused(event.kind, reason)
    return letter(entry, event.sender, contents.REFUSED, content, {}, about=event.about)
