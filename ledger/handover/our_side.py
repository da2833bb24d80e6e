"""What a partner's message tells of a hand-over: our side of it is asked, or goes on.

The person sees these steps as the other region tells them; nothing is decided here
but whether they may be told.
"""

from ledger.agreements import ACROSS_REGIONS, check_agreed
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CommandRejected
from ledger.handover import contents
from ledger.handover.asked import Asked, digests_of, partner
from ledger.handover.handover import Handover, fold_handover, incoming_id
from ledger.handover.whose import Whose
from ledger.handover_events import (
    HandoverEvent,
    HandoverProgressed,
    HandoverRefused,
    ResultFollowed,
    ReviewReceived,
)
from ledger.ports import Received


class OurSide:
    """Our side of the hand-overs of one home, the region `region`."""

    def __init__(self, ledger: Ledger, whose: Whose, *, region: str) -> None:
        self._ledger = ledger
        self._whose = whose
        self._region = region

    def asked(self, draft: Draft, received: Received, subject: str) -> Asked:
        """Take the question to one of our authorities; raises `CommandRejected`."""
        asked = contents.read(received.message.content, contents.ReviewRequested)
        region = received.region
        check_agreed(self._ledger.book.agreements, region, "joint", asked.item)
        authority = self._ledger.book.catalogue.authorities.get(asked.authority)
        if authority is None or authority.region != self._region:
            raise CommandRejected(f"{asked.authority} is no authority of {self._region}")
        if self._whose.handover(draft, received, "joint") is not None:
            raise CommandRejected("this opinion was asked for already")
        event = ReviewReceived(
            sender=region,
            review=received.message.about,
            case=asked.case,
            item=asked.item,
            authority=asked.authority,
            basis=asked.basis,
            jurisdiction=asked.applicant.jurisdiction,
            due=asked.due,
            materials=tuple(sorted(asked.materials)),
            question=asked.question,
            digests=asked.materials,
        )
        entry = self._entry(received, event, None, subject, item=asked.item)
        return Asked(subject=subject, entries=(entry,), materials=digests_of(asked.materials))

    def progressed(self, draft: Draft, received: Received, subject: str) -> Asked:
        """Take a step of the case there; the first of one handled online begins our side."""
        told = contents.read(received.message.content, contents.Progressed)
        known = self._whose.handover(draft, received, told.mode)
        event = HandoverProgressed(
            told=told.told,
            status=told.status,
            version=told.version,
            receipt=told.receipt,
            occurred_at=told.occurred_at,
            materials=told.materials,
            due=told.due,
            details=told.details,
        )
        if known is not None:
            return Asked(
                subject=subject, entries=(self._entry(received, event, known, subject),)
            )
        begun = ResultFollowed(
            sender=received.region, handover=received.message.about, item=told.item
        )
        first = self._entry(received, begun, None, subject, item=told.item)
        known = fold_handover([first])
        second = self._entry(received, event, known, subject)
        return Asked(subject=subject, entries=(first, second))

    def refused(self, draft: Draft, received: Received, subject: str) -> Asked:
        """Take it that what we sent was refused there."""
        told = contents.read(received.message.content, contents.Refused)
        mode = "joint" if told.kind == contents.OPINION else "collect"
        known = self._whose.handover(draft, received, mode)
        event = HandoverRefused(kind=told.kind, reason=told.reason)
        entry = self._entry(received, event, known, subject)
        return Asked(subject=subject, entries=(entry,))

    def _entry(
        self,
        received: Received,
        event: HandoverEvent,
        handover: Handover | None,
        subject: str,
        *,
        item: str | None = None,
    ) -> Entry:
        now = self._ledger.now()
        about = received.message.about
        return Entry(
            stream=incoming_id(received.region, about) if handover is None else handover.id,
            version=1 if handover is None else handover.version + 1,
            event=event,
            recorded_at=now,
            effective_at=now,
            actor=partner(received.region),
            legal_basis=ACROSS_REGIONS,
            item=item if handover is None else handover.item,
            subject=subject,
        )
