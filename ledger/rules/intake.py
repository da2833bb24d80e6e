"""From receipt to acceptance: complete, mended, turned away, or deemed accepted.

Administrative Licensing Law art. 32. Everything missing is told once; after
five working days of silence the application counts as accepted from the day
it was received, so nothing at intake can be decided any more.
"""

import base64
from collections.abc import Iterable, Mapping

from ledger.calendar import deadline
from ledger.case import Case, Status
from ledger.commands import (
    AcceptApplication,
    DeclareNotRequired,
    DeemAccepted,
    RejectAtIntake,
    RequestCorrection,
    SubmitApplication,
    SubmitCorrection,
)
from ledger.errors import CommandRejected, NotAllowed
from ledger.events import (
    AcceptanceDeemed,
    ApplicantVerified,
    ApplicationAccepted,
    ApplicationReceived,
    CorrectionRequested,
    CorrectionSubmitted,
    NotRequired,
    RejectedAtIntake,
)
from ledger.rules.assurance import check_assured
from ledger.rules.context import Context, Decided
from ledger.rules.joint import follow
from ledger.rules.remedies import remedies

FORM = "form"


def submit_application(
    command: SubmitApplication, case: Case | None, context: Context
) -> list[Decided]:
    """Receive an application from someone who proved who they are surely enough."""
    if case is not None:
        raise CommandRejected("this case is already open")
    verified = context.verified
    if verified is None:
        raise NotAllowed("prove who you are first: begin a verification")
    item = context.item
    if verified.method not in item.credentials:
        accepted = ", ".join(item.credentials)
        raise NotAllowed(f"{item.id} accepts {accepted}, not {verified.method}")
    check_assured(verified, context)
    if verified.jurisdiction not in (context.authority.region, *item.cross_boundary):
        raise NotAllowed(f"{item.id} is not open to applicants from {verified.jurisdiction}")
    check_kinds(command.materials, context)
    if not command.form:
        raise CommandRejected("form: the application form is empty")
    followed = follow(command, context)
    return [
        Decided(
            event=ApplicantVerified(
                verification=verified.verification,
                jurisdiction=verified.jurisdiction,
                from_hong_kong=verified.from_hong_kong,
                method=verified.method,
                assured=verified.assured,
            ),
            effective_at=verified.assured.authenticated_at,
        ),
        Decided(
            event=ApplicationReceived(
                authority=item.authority,
                receipt=_receipt(command, context),
                received_on=context.today,
                intake_due=context.due_in(item.terms.intake),
                materials=tuple(sorted(command.materials)),
                digests=command.materials,
                form=command.form,
            ),
            effective_at=context.now,
            legal_basis=context.law("32"),
        ),
        *followed,
    ]


def request_correction(
    command: RequestCorrection, case: Case, context: Context
) -> list[Decided]:
    """Tell all deficiencies, once."""
    check_intake(case, context)
    if case.corrected_by_notice:
        raise CommandRejected(
            "the deficiencies were told once already; a second notice is not allowed"
            " (Licensing Law art. 32(4), 72(4))"
        )
    if not command.deficiencies or not all(t.strip() for t in command.deficiencies.values()):
        raise CommandRejected(
            "deficiencies: name at least one material, or form, and say what is wrong with each"
        )
    known = {material.id for material in context.item.materials} | {FORM}
    unknown = sorted(set(command.deficiencies) - known)
    if unknown:
        raise CommandRejected(f"deficiencies: {context.item.id} has no {', '.join(unknown)}")
    return [
        Decided(
            event=CorrectionRequested(
                materials=tuple(sorted(command.deficiencies)),
                due=context.due_in(context.item.terms.correction),
                deficiencies=command.deficiencies,
            ),
            effective_at=context.now,
            legal_basis=context.law("32(4)"),
        )
    ]


def submit_correction(command: SubmitCorrection, case: Case, context: Context) -> list[Decided]:
    """Take what mends the application; the intake term starts again."""
    if case.status is not Status.CORRECTION_REQUESTED:
        raise CommandRejected(f"nothing is to be corrected: the case is {case.status}")
    check_kinds(command.materials, context)
    brought = set(command.materials) | ({FORM} if command.form else set())
    missing = sorted(case.told - brought)
    if missing:
        raise CommandRejected(f"materials: the notice also named {', '.join(missing)}")
    return [
        Decided(
            event=CorrectionSubmitted(
                received_on=context.today,
                intake_due=context.due_in(context.item.terms.intake),
                materials=tuple(sorted(command.materials)),
                digests=command.materials,
                form=command.form,
            ),
            effective_at=context.now,
            legal_basis=context.law("32(5)"),
        )
    ]


def accept_application(_: AcceptApplication, case: Case, context: Context) -> list[Decided]:
    """Accept an application that lacks nothing a commitment may not replace."""
    check_intake(case, context)
    missing = lacking(case, context)
    if missing:
        raise CommandRejected(
            f"still missing: {', '.join(missing)}; request a correction,"
            " or accept with tolerance where they may be deferred"
        )
    return [
        Decided(
            event=ApplicationAccepted(
                decision_due=context.due_in(context.item.terms.decide),
                statutory_due=context.due_in(context.item.terms.decide_statutory),
            ),
            effective_at=context.now,
            legal_basis=context.law("32(5)"),
        )
    ]


def reject_at_intake(command: RejectAtIntake, case: Case, context: Context) -> list[Decided]:
    """Turn away what another body decides, naming it."""
    check_intake(case, context)
    if not command.competent_body.strip():
        raise CommandRejected("competent_body: name the body that is competent")
    return [
        Decided(
            event=RejectedAtIntake(
                competent_body=command.competent_body,
                remedies=remedies(command.remedies, context.authority),
                reasons=_reasons(command.reasons),
            ),
            effective_at=context.now,
            legal_basis=context.law("32(2)"),
        )
    ]


def declare_not_required(
    command: DeclareNotRequired, case: Case, context: Context
) -> list[Decided]:
    """Say that the matter needs no licence."""
    check_intake(case, context)
    return [
        Decided(
            event=NotRequired(
                remedies=remedies(command.remedies, context.authority),
                reasons=_reasons(command.reasons),
            ),
            effective_at=context.now,
            legal_basis=context.law("32(1)"),
        )
    ]


def deem_accepted(_: DeemAccepted, case: Case, context: Context) -> list[Decided]:
    """Record the acceptance that silence brought, from the day of receipt."""
    if case.status is not Status.RECEIVED or case.received_on is None or not case.received_at:
        raise CommandRejected(f"the case is {case.status}: no intake term is running")
    due = case.duties["intake"]
    if due.provisional:
        raise CommandRejected("the intake term is provisional until its calendar is announced")
    if not context.has_passed(due):
        raise CommandRejected(f"the intake term runs until the end of {due.due}")
    if not context.is_mainland:
        raise CommandRejected("no law here deems an application accepted by silence")
    terms = context.item.terms
    return [
        Decided(
            event=AcceptanceDeemed(
                decision_due=deadline(context.calendar, case.received_on, terms.decide),
                statutory_due=deadline(
                    context.calendar, case.received_on, terms.decide_statutory
                ),
            ),
            effective_at=case.received_at,
            legal_basis=context.law("32(4)"),
        )
    ]


def lacking(case: Case, context: Context) -> list[str]:
    """Materials neither handed in, nor committed to, nor such as a commitment may replace."""
    offers = context.item.commitment is not None
    return sorted(
        material.id
        for material in context.item.materials
        if material.id not in case.submitted | case.committed
        and not (offers and material.by_commitment)
    )


def check_intake(case: Case, context: Context) -> None:
    """Refuse what is for intake where that is over, or silence has ended it by now."""
    if case.status is not Status.RECEIVED:
        raise CommandRejected(f"the case is {case.status}: intake is over or not yet begun")
    due = case.duties["intake"]
    if context.is_mainland and context.has_passed(due) and not due.provisional:
        raise CommandRejected(
            f"the intake term ended on {due.due}: the application counts as accepted"
            " (Licensing Law art. 32(4))"
        )


def check_kinds(materials: Mapping[str, str], context: Context) -> None:
    """Refuse `materials`, digests by kind, that the item does not know."""
    known = {material.id for material in context.item.materials}
    unknown = sorted(set(materials) - known)
    if unknown:
        raise CommandRejected(f"materials: {context.item.id} has no {', '.join(unknown)}")
    _check_digests(materials.values())


def _check_digests(digests: Iterable[str]) -> None:
    for digest in digests:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise CommandRejected("materials: each digest is a SHA-256 in lower-case hex")


def _reasons(reasons: str) -> str:
    if not reasons.strip():
        raise CommandRejected("reasons: an application is turned away only with reasons")
    return reasons


def _receipt(command: SubmitApplication, context: Context) -> str:
    """A number a person can read out: region, day, and forty bits of the case's id."""
    tail = base64.b32encode(command.case_id.bytes[:5]).decode()
    return f"{context.authority.region[3:]}{context.today:%Y%m%d}-{tail[:4]}-{tail[4:]}"
