"""Which commands a hand-over accepts at our side, and the event that follows.

We check form, identity and whether it may be handed over at all; whether the
application is complete or lawful is for the home authority, whose clock runs
from receipt there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

import msgspec

from ledger.actor import Actor, Role
from ledger.agreements import BASES, Agreements, check_agreed, check_may_pass
from ledger.catalogue import Catalogue
from ledger.errors import CaseNotFound, CommandRejected, NotAllowed
from ledger.handover.commands import (
    BeginHandover,
    CorrectHandover,
    GiveOpinion,
    HandoverCommand,
    SupplementHandover,
)
from ledger.handover.handover import CORRECTION_REQUESTED, OPINION_ASKED, Handover
from ledger.handover_events import (
    Duties,
    HandoverBegun,
    HandoverCorrected,
    HandoverEvent,
    HandoverSupplemented,
    OpinionGiven,
)
from ledger.rules import Verified

LARGEST = 32_768
"""Bytes of text in one message: entries hold 65,535, and its token has to fit in one."""

_SUPPLEMENTED = frozenset({"ACCEPTED", "ACCEPTED_WITH_TOLERANCE", "UNDER_REVIEW"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverContext:
    """The present, for one decision. `account` is the person's name for the other region."""

    now: datetime
    actor: Actor
    region: str
    catalogue: Catalogue
    agreements: Agreements
    verified: Verified | None = None
    account: str = field(default="", repr=False)
    claims: Mapping[str, str] = field(default_factory=dict, repr=False)


def decide_handover(
    command: HandoverCommand, handover: Handover | None, context: HandoverContext
) -> HandoverEvent:
    """Answer `command` with the event that follows, or raise why not."""
    if isinstance(command, BeginHandover):
        return _begin(command, handover, context)
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


def basis_of(command: HandoverCommand) -> str:
    """Return the law recorded with what `command` does."""
    if isinstance(command, BeginHandover):
        return f"State Council Office 2020/35; {BASES[command.basis]}"
    return "State Council Office 2020/35"


def _begin(
    command: BeginHandover, handover: Handover | None, context: HandoverContext
) -> HandoverBegun:
    actor, verified = context.actor, context.verified
    if actor.role is not Role.AGENT:
        raise NotAllowed(
            "a hand-over is begun at a window, in the session opened for whoever stands there;"
            f" not by the {actor.role}"
        )
    if handover is not None:
        raise CommandRejected("this hand-over is begun already")
    if verified is None:
        raise NotAllowed("verify who stands at the window first")
    if command.to == context.region:
        raise CommandRejected(f"to: {command.to} is this region; submit the application here")
    check_agreed(context.agreements, command.to, command.mode, command.item)
    check_may_pass(verified.jurisdiction, command.to, command.basis)
    window = _window(command, context)
    if not command.form:
        raise CommandRejected("form: the application form is empty")
    _check_materials(command.materials)
    _check_size(command.form)
    return HandoverBegun(
        to=command.to,
        item=command.item,
        window=window,
        basis=command.basis,
        verification=verified.verification,
        jurisdiction=verified.jurisdiction,
        method=verified.method,
        assured=verified.assured,
        duties=Duties(
            received_by=actor.id,
            form_checked_by=command.form_checked_by or actor.id,
            identity_checked_by=command.identity_checked_by or actor.id,
        ),
        materials=tuple(sorted(command.materials)),
        account=context.account,
        claims=context.claims,
        digests=command.materials,
        form=command.form,
    )


def _window(command: BeginHandover, context: HandoverContext) -> str:
    """The office of the clerk, in whose session it is begun."""
    office = context.actor.authority
    if office is None:
        raise NotAllowed("a hand-over is begun in the session of a clerk with an office")
    if command.window not in (None, office):
        raise CommandRejected(f"window: this session was opened at {office}; leave it out")
    known = context.catalogue.authorities.get(office)
    if known is None or known.region != context.region:
        raise CommandRejected(f"window: {office[:100]} is no office of {context.region}")
    return office


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
    _check_materials(command.materials)
    _check_size(command.form)
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
    _check_materials(command.materials)
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
    _check_materials(command.materials)
    _check_size({"findings": command.findings})
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


def _check_materials(materials: Mapping[str, str]) -> None:
    for kind, digest in materials.items():
        if not 0 < len(kind) <= 100:
            raise CommandRejected("materials: a kind has 1 to 100 characters")
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise CommandRejected("materials: each digest is a SHA-256 in lower-case hex")


def _check_size(texts: Mapping[str, str]) -> None:
    if len(msgspec.json.encode(texts)) > LARGEST:
        raise CommandRejected("this is more than one message holds; hand it in as a material")
