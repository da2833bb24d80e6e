"""Acceptance with tolerance, notified commitment, and what comes of both.

Three things people confuse: a correction is before acceptance; tolerance is
after it, a secondary material is owed by a date; a commitment replaces the
proof altogether and is checked later.
"""

from ledger.calendar import ends_at
from ledger.case import Case, Status
from ledger.commands import (
    AcceptWithTolerance,
    LapseTolerance,
    SignCommitment,
    SubmitSupplement,
)
from ledger.errors import CommandRejected
from ledger.events import (
    AcceptedWithTolerance,
    CommitmentSigned,
    DeferredMaterial,
    SupplementSubmitted,
    ToleranceLapsed,
)
from ledger.rules.assurance import signature_needed
from ledger.rules.context import Context, Decided, SignedDocument
from ledger.rules.intake import check_intake, check_kinds, lacking

_OPEN = frozenset({Status.ACCEPTED, Status.ACCEPTED_WITH_TOLERANCE, Status.UNDER_REVIEW})
_COMMITTING = _OPEN | {Status.RECEIVED, Status.CORRECTION_REQUESTED}
TOLERANCE = "tolerant acceptance of the item's guide"


def accept_with_tolerance(
    command: AcceptWithTolerance, case: Case, context: Context
) -> list[Decided]:
    """Accept now; each deferred material is named with form, day and consequence."""
    check_intake(case, context)
    if not command.deferred:
        raise CommandRejected("deferred: name the materials that may come later")
    if not all(d.form.strip() and d.consequence.strip() for d in command.deferred):
        raise CommandRejected("deferred: say in which form each comes, and what lateness does")
    named = [deferral.material for deferral in command.deferred]
    if len(set(named)) != len(named):
        raise CommandRejected("deferred: a material is named twice")
    deferrable = {material.id for material in context.item.materials if material.deferrable}
    firm = sorted(set(named) - deferrable)
    if firm:
        raise CommandRejected(f"deferred: {', '.join(firm)} may not be deferred")
    missing = sorted(set(lacking(case, context)) - set(named))
    if missing:
        raise CommandRejected(f"still missing and not deferred: {', '.join(missing)}")
    here = sorted(set(named) & case.submitted)
    if here:
        raise CommandRejected(f"deferred: {', '.join(here)} is already here")
    due = context.due_in(context.item.terms.supplement)
    return [
        Decided(
            event=AcceptedWithTolerance(
                deferred=tuple(
                    DeferredMaterial(
                        material=deferral.material,
                        form=deferral.form,
                        due=due,
                        consequence=deferral.consequence,
                    )
                    for deferral in command.deferred
                ),
                decision_due=context.due_in(context.item.terms.decide),
                statutory_due=context.due_in(context.item.terms.decide_statutory),
            ),
            effective_at=context.now,
            legal_basis=TOLERANCE,
        )
    ]


def sign_commitment(command: SignCommitment, case: Case, context: Context) -> list[Decided]:
    """Take a commitment to exactly the wording the item shows, in place of proofs."""
    if case.status not in _COMMITTING:
        raise CommandRejected(f"the case is {case.status}: nothing is to be committed to")
    commitment = context.item.commitment
    if commitment is None:
        raise CommandRejected(f"{context.item.id} offers no notified commitment")
    replaceable = {m.id for m in context.item.materials if m.by_commitment}
    firm = sorted(set(command.materials) - replaceable)
    if firm or not command.materials:
        raise CommandRejected(
            f"materials: a commitment may replace {', '.join(sorted(replaceable))} only"
        )
    twice = len(set(command.materials)) < len(command.materials)
    if twice or case.committed & set(command.materials):
        raise CommandRejected("materials: one of them is committed to already")
    here = sorted(case.submitted & set(command.materials))
    if here:
        raise CommandRejected(f"materials: {', '.join(here)} is already here")
    if command.text_digest != commitment.digests[command.language]:
        raise CommandRejected("text_digest: this is not the wording of the item's commitment")
    signed = _signature(command, case, context, needed=commitment.signature)
    return [
        Decided(
            event=CommitmentSigned(
                materials=tuple(sorted(command.materials)),
                text_digest=command.text_digest,
                language=command.language,
                verification=command.verification,
                signature_digest=None if signed is None else signed.signature_digest,
            ),
            effective_at=context.now,
            legal_basis=_commitment_basis(context),
        )
    ]


def submit_supplement(command: SubmitSupplement, case: Case, context: Context) -> list[Decided]:
    """Take materials still owed, up to the end of their last day."""
    if case.status not in _OPEN:
        raise CommandRejected(f"the case is {case.status}: no supplement is due")
    check_kinds(command.materials, context)
    if not command.materials:
        raise CommandRejected("materials: bring at least one")
    here = sorted(set(command.materials) & case.submitted)
    if here:
        raise CommandRejected(f"materials: {', '.join(here)} is already here")
    return [
        Decided(
            event=SupplementSubmitted(
                materials=tuple(sorted(command.materials)), digests=command.materials
            ),
            effective_at=context.now,
            legal_basis=TOLERANCE,
        )
    ]


def check_not_lapsed(case: Case, context: Context) -> None:
    """Refuse whatever comes after the last day for what is still owed, whoever asks."""
    due = case.duties.get("supplement")
    if due is not None and case.owed and not due.provisional and context.has_passed(due):
        raise CommandRejected(f"the last day was {due.due}: the tolerance has lapsed")


def lapse_tolerance(_: LapseTolerance, case: Case, context: Context) -> list[Decided]:
    """Record that the last day passed and materials were still owed."""
    due = case.duties.get("supplement")
    if case.status not in _OPEN or due is None or not case.owed:
        raise CommandRejected(f"the case is {case.status}: nothing deferred is owed")
    if due.provisional:
        raise CommandRejected("the last day is provisional until its calendar is announced")
    if not context.has_passed(due):
        raise CommandRejected(f"the deferred materials may come until the end of {due.due}")
    return [
        Decided(
            event=ToleranceLapsed(materials=tuple(sorted(case.owed))),
            effective_at=ends_at(due, context.calendar.zone),
            legal_basis=TOLERANCE,
        )
    ]


def _signature(
    command: SignCommitment, case: Case, context: Context, *, needed: bool
) -> SignedDocument | None:
    """Return the signature named: the same person's, of this wording, for this case."""
    if command.verification is None:
        if needed:
            raise signature_needed(context)
        return None
    signed = context.signed
    if signed is None or signed.verification != command.verification:
        raise CommandRejected("verification: nothing was signed in it")
    if signed.subject != case.subject:
        raise CommandRejected("verification: somebody else signed in it")
    if (signed.case_id, signed.digest) != (case.id, command.text_digest):
        raise CommandRejected("verification: another document was signed, or for another case")
    return signed


def _commitment_basis(context: Context) -> str:
    if context.is_mainland:
        return "State Council Office 2020/42"
    return "; ".join(context.item.legal_basis)
