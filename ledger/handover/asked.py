"""What a partner's message asks of us: of a case of ours, or of our side of a hand-over.

It is decided by the rules everybody's commands are decided by. Whom it is about is
told by names between the two regions alone; a case or hand-over is found by what
the sender itself called it, so that it reaches none but its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID, uuid5

from ledger.actor import Actor, Channel, Role
from ledger.agreements import check_agreed
from ledger.application import Ledger
from ledger.assurance import Assured
from ledger.commands import (
    Command,
    ReceiveOpinion,
    SubmitApplication,
    SubmitCorrection,
    SubmitSupplement,
    WithdrawJointReview,
)
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CommandRejected
from ledger.events import JointReviewRequested
from ledger.handover import contents
from ledger.handover.handover import Handover, fold_handover, incoming_id
from ledger.handover.streams import entries_of
from ledger.handover_events import (
    HandoverEvent,
    HandoverProgressed,
    HandoverRefused,
    ResultFollowed,
    ReviewReceived,
)
from ledger.message_events import MessageSent, sent_id
from ledger.ports import Received
from ledger.rules import HandedOver, Verified

METHOD = "pprd"
BASIS = "State Council Office 2020/35"
_CASES = UUID("3c0f6f0e-3d55-4d2c-9b61-7a2d8c6a4b01")
_OF_CASES = frozenset({contents.CORRECTION, contents.SUPPLEMENT})


class NobodyKnown(Exception):
    """The message does not say about whom it is, in a way that leads to anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What follows from a message: entries still to be added, or why not.

    `of_case` says that they are of a case, and not of a hand-over.
    """

    subject: str | None
    entries: tuple[Entry, ...] = ()
    of_case: bool = False
    materials: tuple[str, ...] = field(default=(), repr=False)
    refused: str | None = None


def refused(subject: str | None, reason: str) -> Asked:
    """What follows from a message that a rule refuses."""
    return Asked(subject=subject, refused=reason)


def case_of(region: str, handover: UUID) -> UUID:
    """The case that comes of what `region` hands over under this name."""
    return uuid5(_CASES, f"{region} {handover}")


class Doing:
    """Decides messages for one home, the region `region`."""

    def __init__(
        self, ledger: Ledger, *, region: str, pseudonym: Callable[[str, str, str], str]
    ) -> None:
        self._ledger = ledger
        self._region = region
        self._pseudonym = pseudonym

    def subject(self, draft: Draft, received: Received) -> str:
        """Return whom the message is about, here; raises `NobodyKnown`."""
        kind, content = received.message.kind, received.message.content
        if kind == contents.FORWARDED:
            return self._named(received, contents.read(content, contents.Forwarded).applicant)
        if kind == contents.REVIEW:
            asked = contents.read(content, contents.ReviewRequested)
            return self._named(received, asked.applicant)
        if kind in _OF_CASES:
            return self._of_case(draft, case_of(received.region, received.message.about))
        if kind == contents.OPINION:
            return self._of_case(draft, contents.read(content, contents.Opinion).case)
        if kind == contents.PROGRESSED:
            told = contents.read(content, contents.Progressed)
            known = self._handover(draft, received, told.mode)
            if known is None and told.mode == "online" and told.applicant is not None:
                return self._named(received, told.applicant)
            return _subject(known)
        if kind == contents.REFUSED:
            return self._of_refused(draft, received)
        raise NobodyKnown(f"messages of the kind {kind[:40]!r} are not known here")

    def decide(self, draft: Draft, received: Received, subject: str) -> Asked:
        """Answer the message with what follows; raises what the rules raise."""
        content = received.message.content
        match received.message.kind:
            case contents.FORWARDED:
                return self._submit(draft, received, subject)
            case contents.CORRECTION:
                brought = contents.read(content, contents.Corrected)
                command = SubmitCorrection(
                    case_id=case_of(received.region, received.message.about),
                    form=brought.form,
                    materials=brought.materials,
                )
                actor = _clerk(received.region, brought.clerk, subject)
                return self._given(draft, command, actor, subject, brought.materials)
            case contents.SUPPLEMENT:
                owed = contents.read(content, contents.Supplemented)
                supplement = SubmitSupplement(
                    case_id=case_of(received.region, received.message.about),
                    materials=owed.materials,
                )
                actor = _clerk(received.region, owed.clerk, subject)
                return self._given(draft, supplement, actor, subject, owed.materials)
            case contents.OPINION:
                opinion = contents.read(content, contents.Opinion)
                receive = ReceiveOpinion(
                    case_id=opinion.case,
                    review=received.message.about,
                    recommendation=opinion.recommendation,
                    findings=opinion.findings,
                    materials=opinion.materials,
                )
                actor = _partner(received.region)
                return self._given(draft, receive, actor, subject, opinion.materials)
            case contents.REVIEW:
                return self._review(draft, received, subject)
            case contents.PROGRESSED:
                return self._progress(draft, received, subject)
            case _:
                return self._refusal(draft, received, subject)

    def _submit(self, draft: Draft, received: Received, subject: str) -> Asked:
        forwarded = contents.read(received.message.content, contents.Forwarded)
        about, vouched = received.message.about, forwarded.vouched
        command = SubmitApplication(
            case_id=case_of(received.region, about),
            item=forwarded.item,
            form=forwarded.form,
            materials=forwarded.materials,
        )
        entries = self._ledger.decide(
            draft,
            command,
            _clerk(received.region, forwarded.clerk, subject),
            Verified(
                verification=vouched.verification,
                jurisdiction=forwarded.applicant.jurisdiction,
                method=METHOD,
                assured=Assured.of(vouched.assured),
            ),
            HandedOver(
                region=received.region,
                handover=about,
                account=forwarded.applicant.account,
                claims=forwarded.applicant.claims,
            ),
        )
        return _of_case(subject, entries, forwarded.materials)

    def _given(
        self,
        draft: Draft,
        command: Command,
        actor: Actor,
        subject: str,
        materials: Mapping[str, str],
    ) -> Asked:
        return _of_case(subject, self._ledger.decide(draft, command, actor), materials)

    def _review(self, draft: Draft, received: Received, subject: str) -> Asked:
        asked, region = (
            contents.read(received.message.content, contents.ReviewRequested),
            received.region,
        )
        check_agreed(self._ledger.book.agreements, region, "joint", asked.item)
        authority = self._ledger.book.catalogue.authorities.get(asked.authority)
        if authority is None or authority.region != self._region:
            raise CommandRejected(f"{asked.authority} is no authority of {self._region}")
        if self._handover(draft, received, "joint") is not None:
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
        return Asked(subject=subject, entries=(entry,), materials=_all(asked.materials))

    def _progress(self, draft: Draft, received: Received, subject: str) -> Asked:
        told = contents.read(received.message.content, contents.Progressed)
        known = self._handover(draft, received, told.mode)
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

    def _refusal(self, draft: Draft, received: Received, subject: str) -> Asked:
        told = contents.read(received.message.content, contents.Refused)
        if told.kind == contents.REVIEW:
            case_id = self._reviewed(received)
            command = WithdrawJointReview(
                case_id=case_id, review=received.message.about, reason=told.reason
            )
            return self._given(draft, command, _partner(received.region), subject, {})
        mode = "joint" if told.kind == contents.OPINION else "collect"
        known = self._handover(draft, received, mode)
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
            actor=_partner(received.region),
            legal_basis=BASIS,
            item=item if handover is None else handover.item,
            subject=subject,
        )

    def _handover(self, draft: Draft, received: Received, mode: str) -> Handover | None:
        """Our side of what the message is about, if it is with its sender."""
        about = received.message.about
        stream = about if mode == "collect" else incoming_id(received.region, about)
        entries = entries_of(self._ledger, stream, draft)
        if not entries or not isinstance(entries[0].event, HandoverEvent):
            return None
        handover = fold_handover(entries)
        is_its = handover is not None and handover.region == received.region
        return handover if is_its else None

    def _named(self, received: Received, applicant: contents.Applicant) -> str:
        return self._pseudonym(received.region, METHOD, applicant.account)

    def _of_case(self, draft: Draft, case_id: UUID) -> str:
        case = self._ledger.case(draft, case_id)
        if case is None:
            raise NobodyKnown("no such case came of what you handed over")
        return case.subject

    def _of_refused(self, draft: Draft, received: Received) -> str:
        told = contents.read(received.message.content, contents.Refused)
        if told.kind == contents.REVIEW:
            return self._of_case(draft, self._reviewed(received))
        mode = "joint" if told.kind == contents.OPINION else "collect"
        return _subject(self._handover(draft, received, mode))

    def _reviewed(self, received: Received) -> UUID:
        """The case for which we asked the opinion that is refused."""
        for entry in self._ledger.entries(sent_id(received.region), opened=False):
            event = entry.event
            if isinstance(event, MessageSent) and event.about == received.message.about:
                [cause] = self._ledger.read(event.cause - 1, until=event.cause)
                if isinstance(cause.event, JointReviewRequested):
                    return cause.stream
        raise NobodyKnown("we asked you for no such opinion")


def _subject(handover: Handover | None) -> str:
    if handover is None:
        _unknown()
    return handover.subject


def _unknown() -> NoReturn:
    raise NobodyKnown("there is no such hand-over between us")


def _of_case(subject: str, entries: list[Entry], materials: Mapping[str, str]) -> Asked:
    return Asked(
        subject=subject, entries=tuple(entries), of_case=True, materials=_all(materials)
    )


def _all(materials: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(set(materials.values())))


def _clerk(region: str, clerk: str, principal: str) -> Actor:
    return Actor(
        role=Role.AGENT, id=f"{region}:{clerk}", principal=principal, channel=Channel.PARTNER
    )


def _partner(region: str) -> Actor:
    return Actor(role=Role.PARTNER, id=region, principal=region, channel=Channel.PARTNER)
