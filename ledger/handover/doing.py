"""What a partner's message asks of us: of a case of ours, or of our side of a hand-over.

It is decided by the rules everybody's commands are decided by, and nothing is added
to the log here: what follows is recorded together with the message.
"""

from collections.abc import Callable, Mapping

from ledger.actor import Actor
from ledger.agreements import is_from_hong_kong
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
from ledger.handover import contents
from ledger.handover.asked import Asked, clerk_of, of_case, partner
from ledger.handover.our_side import OurSide
from ledger.handover.whose import METHOD, Whose, case_of
from ledger.ports import Received
from ledger.rules import HandedOver, Verified


class Doing:
    """Decides messages for one home, the region `region`."""

    def __init__(
        self, ledger: Ledger, *, region: str, pseudonym: Callable[[str, str, str], str]
    ) -> None:
        self._ledger = ledger
        self.whose = Whose(ledger, pseudonym)
        self._side = OurSide(ledger, self.whose, region=region)

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
                actor = clerk_of(received.region, brought.clerk, subject)
                return self._given(draft, command, actor, subject, brought.materials)
            case contents.SUPPLEMENT:
                owed = contents.read(content, contents.Supplemented)
                supplement = SubmitSupplement(
                    case_id=case_of(received.region, received.message.about),
                    materials=owed.materials,
                )
                actor = clerk_of(received.region, owed.clerk, subject)
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
                actor = partner(received.region)
                return self._given(draft, receive, actor, subject, opinion.materials)
            case contents.REVIEW:
                return self._side.asked(draft, received, subject)
            case contents.PROGRESSED:
                return self._side.progressed(draft, received, subject)
            case _:
                return self._refusal(draft, received, subject)

    def _submit(self, draft: Draft, received: Received, subject: str) -> Asked:
        forwarded = contents.read(received.message.content, contents.Forwarded)
        about, vouched = received.message.about, forwarded.vouched
        contents.check_past(vouched.assured, self._ledger.now())
        command = SubmitApplication(
            case_id=case_of(received.region, about),
            item=forwarded.item,
            form=forwarded.form,
            materials=forwarded.materials,
        )
        entries = self._ledger.decide(
            draft,
            command,
            clerk_of(received.region, forwarded.clerk, subject),
            Verified(
                verification=vouched.verification,
                jurisdiction=forwarded.applicant.jurisdiction,
                from_hong_kong=is_from_hong_kong(
                    forwarded.applicant.jurisdiction, forwarded.applicant.claims
                ),
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
        return of_case(subject, entries, forwarded.materials)

    def _given(
        self,
        draft: Draft,
        command: Command,
        actor: Actor,
        subject: str,
        materials: Mapping[str, str],
    ) -> Asked:
        return of_case(subject, self._ledger.decide(draft, command, actor), materials)

    def _refusal(self, draft: Draft, received: Received, subject: str) -> Asked:
        told = contents.read(received.message.content, contents.Refused)
        if told.kind != contents.REVIEW:
            return self._side.refused(draft, received, subject)
        command = WithdrawJointReview(
            case_id=self.whose.reviewed(received),
            review=received.message.about,
            reason=told.reason,
        )
        return self._given(draft, command, partner(received.region), subject, {})
