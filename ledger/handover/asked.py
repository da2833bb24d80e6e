"""What a partner's message asks of us: of a case of ours, or of our side of a hand-over.

It is decided by the rules everybody's commands are decided by, and nothing is added
to the log here: what follows is recorded together with the message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

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
from ledger.handover import contents
from ledger.handover.handover import Handover, fold_handover, incoming_id
from ledger.handover.whose import METHOD, Whose, case_of
from ledger.handover_events import (
    HandoverEvent,
    HandoverProgressed,
    HandoverRefused,
    ResultFollowed,
    ReviewReceived,
)
from ledger.ports import Received
from ledger.rules import HandedOver, Verified

BASIS = "State Council Office 2020/35"


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


class Doing:
    """Decides messages for one home, the region `region`."""

    def __init__(
        self, ledger: Ledger, *, region: str, pseudonym: Callable[[str, str, str], str]
    ) -> None:
        self._ledger = ledger
        self._region = region
        self.whose = Whose(ledger, pseudonym)

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
        if self.whose.handover(draft, received, "joint") is not None:
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
        known = self.whose.handover(draft, received, told.mode)
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
            case_id = self.whose.reviewed(received)
            command = WithdrawJointReview(
                case_id=case_id, review=received.message.about, reason=told.reason
            )
            return self._given(draft, command, _partner(received.region), subject, {})
        mode = "joint" if told.kind == contents.OPINION else "collect"
        known = self.whose.handover(draft, received, mode)
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
