"""Which hand-overs may begin: by whom, for whom, to where, and at which window.

Whether the application is complete or lawful is for the home authority to say.
"""

from ledger.actor import Actor, Role
from ledger.agreements import check_agreed, check_may_pass
from ledger.catalogue import Catalogue
from ledger.errors import CommandRejected, NotAllowed, UnknownItem
from ledger.handover.checks import check_materials
from ledger.handover.commands import BeginHandover
from ledger.handover.context import HandoverContext
from ledger.handover.handover import Handover
from ledger.handover_events import Duties, HandoverBegun


def begin(
    command: BeginHandover, handover: Handover | None, context: HandoverContext
) -> HandoverBegun:
    """Return the beginning of a hand-over, or raise `CommandRejected`."""
    actor, verified = context.actor, context.verified
    require_window(actor)
    if handover is not None:
        raise CommandRejected("this hand-over is begun already")
    if verified is None:
        raise NotAllowed("verify who stands at the window first")
    if command.to == context.region:
        raise CommandRejected(f"to: {command.to} is this region; submit the application here")
    check_agreed(context.agreements, command.to, command.mode, command.item)
    check_may_pass(
        from_hong_kong=verified.from_hong_kong, region=command.to, basis=command.basis
    )
    window = _window(command, context)
    if not command.form:
        raise CommandRejected("form: the application form is empty")
    check_materials(command.materials)
    _check_kinds(command, context.catalogue)
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


def require_window(actor: Actor) -> None:
    """Raise `NotAllowed` for whoever does not act for somebody who stands at a window."""
    if actor.role is not Role.AGENT:
        raise NotAllowed(
            "a hand-over is begun at a window, in the session opened for whoever stands there;"
            f" not by the {actor.role}"
        )


def _check_kinds(command: BeginHandover, catalogue: Catalogue) -> None:
    """Refuse at the window what the item does not ask for, where we know the item too."""
    try:
        item = catalogue.current(command.item)
    except UnknownItem:
        return
    unknown = sorted(command.materials.keys() - {each.id for each in item.materials})
    if unknown:
        raise CommandRejected(f"materials: {item.id} has no {', '.join(unknown)}")


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
