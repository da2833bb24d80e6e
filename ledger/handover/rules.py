"""Which commands a hand-over accepts at our side, and the event that follows.

We check form, identity and whether it may be handed over at all; whether the
application is complete or lawful is for the home authority, whose clock runs
from receipt there.
"""

from typing import assert_never

from ledger.actor import Role
from ledger.agreements import ACROSS_REGIONS
from ledger.consent import FindConsent
from ledger.errors import CaseNotFound, CommandRejected, NotAllowed
from ledger.handover.beginning import begin
from ledger.handover.checks import check_materials
from ledger.handover.commands import (
    BeginHandover,
    CorrectHandover,
    GiveOpinion,
    HandoverCommand,
    SupplementHandover,
)
from ledger.handover.context import HandoverContext
from ledger.handover.handover import CORRECTION_REQUESTED, OPINION_ASKED, Handover
from ledger.handover_events import (
    HandoverCorrected,
    HandoverEvent,
    HandoverSupplemented,
    OpinionGiven,
)
from ledger.rules.consents import law_of

_SUPPLEMENTED = frozenset({"ACCEPTED", "ACCEPTED_WITH_TOLERANCE", "UNDER_REVIEW"})


def decide_handover(
    command: HandoverCommand, handover: Handover | None, context: HandoverContext
) -> HandoverEvent:
    """Answer `command` with the event that follows, or raise why not."""
    if isinstance(command, BeginHandover):
        return begin(command, handover, context)
    if handover is None:
        raise CaseNotFound(f"there is no hand-over {command.handover}")
    match command:
        case CorrectHandover():
            return _correct(command, handover, context)
        case SupplementHandover():
            return _supplement(command, handover, context)
        case GiveOpinion():
            return _opinion(command, handover, context)
        case _:
            assert_never(command)


def basis_of(command: HandoverCommand, handover: Handover | None, find: FindConsent) -> str:
    """Return the law recorded with what `command` does, naming the consent it rests on.

    Raises `CommandRejected` where that stands no more: what went on it goes on no more.
    """
    if isinstance(command, BeginHandover):
        return f"{ACROSS_REGIONS}; {law_of(command.basis, command.to, find)}"
    if handover is not None and handover.consent is not None:
        return f"{ACROSS_REGIONS}; {law_of('consent', handover.region, find)}"
    return ACROSS_REGIONS


def _correct(
    command: CorrectHandover, handover: Handover, context: HandoverContext
) -> HandoverCorrected:
    _check_whose(handover, context)
    if handover.status != CORRECTION_REQUESTED:
        raise CommandRejected(f"nothing is to be corrected: the case is {handover.status}")
    brought = set(command.materials) | ({"form"} if command.form else set())
    missing = sorted(handover.told - brought)
    if missing:
        raise CommandRejected(f"materials: the notice also named {', '.join(missing)}")
    check_materials(command.materials)
    return HandoverCorrected(
        materials=tuple(sorted(command.materials)),
        digests=command.materials,
        form=command.form,
    )


def _supplement(
    command: SupplementHandover, handover: Handover, context: HandoverContext
) -> HandoverSupplemented:
    _check_whose(handover, context)
    when = {OPINION_ASKED} if handover.mode == "joint" else _SUPPLEMENTED
    if handover.status not in when:
        raise CommandRejected(f"the case is {handover.status}: nothing is to be added")
    if not command.materials:
        raise CommandRejected("materials: bring at least one")
    check_materials(command.materials)
    return HandoverSupplemented(
        materials=tuple(sorted(command.materials)), digests=command.materials
    )


def _opinion(
    command: GiveOpinion, handover: Handover, context: HandoverContext
) -> OpinionGiven:
    _check_whose(handover, context)
    if context.actor.role is not Role.REVIEWER:
        raise NotAllowed(f"an opinion is given by a reviewer, not by the {context.actor.role}")
    if handover.status != OPINION_ASKED:
        raise CommandRejected(f"the case is {handover.status}: no opinion is asked here")
    if not command.findings.strip():
        raise CommandRejected("findings: say what was examined and found")
    check_materials(command.materials)
    return OpinionGiven(
        recommendation=command.recommendation,
        materials=tuple(sorted(command.materials)),
        findings=command.findings,
        digests=command.materials,
    )


def _check_whose(handover: Handover, context: HandoverContext) -> None:
    """Collected cases go on at the window for their person, joint ones at who was asked."""
    actor = context.actor
    if handover.mode == "collect":
        if actor.role is not Role.AGENT or actor.principal != handover.subject:
            raise NotAllowed("go on at a window, in a session opened for this person")
    elif handover.mode == "online":
        raise NotAllowed("this case is handled online, by its person")
    elif actor.role not in (Role.CLERK, Role.REVIEWER):
        raise NotAllowed(f"this is for the authority that was asked, not the {actor.role}")
    elif actor.authority != handover.authority:
        raise NotAllowed(f"{handover.authority} was asked, and nobody else")
