"""Who may read what: denied unless a line here allows it.

Applicants see their own cases, offices the ones they decide, a chief officer those of
their office and supervisors all of them, both with personal fields sealed: they look at
what was done, not at who it was done to. Which roles may ask at all is in `service.policy`.
"""

from collections.abc import Callable

from ledger.actor import OFFICE, OWN, Actor, Role
from ledger.case import Case
from ledger.case_rows import Which
from ledger.errors import CaseNotFound, NotAllowed
from ledger.personal import Hidden
from ledger.projections.folds import State
from ledger.searching import Reach
from ledger.subject_events import Standing


def may_read(actor: Actor, state: State) -> bool:
    """Tell whether `actor` may know of a case at all."""
    if actor.role is Role.SUPERVISOR:
        return True
    if not isinstance(state, Case):
        return False
    if actor.role is Role.CHIEF:
        return actor.authority == state.authority
    return sees_personal(actor, state)


def sees_personal(actor: Actor, state: State) -> bool:
    """Tell whether `actor` sees a case's personal fields opened."""
    if not isinstance(state, Case):
        return False
    if actor.role in OWN:
        return actor.principal == state.subject and actor.may_touch(state.item)
    return actor.role in OFFICE and actor.authority == state.authority


def hidden_from(
    actor: Actor, state: State, standing: Callable[[str], Standing]
) -> Hidden | None:
    """Say as what `actor` is shown the personal fields of a case, if not opened.

    The person sees their own while these are restricted; nobody sees them after
    an erasure is recorded, also before it is carried out.
    """
    if not isinstance(state, Case) or not sees_personal(actor, state):
        return Hidden.SEALED
    return hidden_as(actor, standing(state.subject))


def hidden_as(actor: Actor, standing: Standing) -> Hidden | None:
    """Say the same for who may see them, of a person who stands so."""
    match standing:
        case Standing.ERASED:
            return Hidden.ERASED
        case Standing.RESTRICTED if actor.role not in OWN:
            return Hidden.RESTRICTED
        case _:
            return None


def require_reader(actor: Actor, state: State) -> None:
    """Raise `CaseNotFound`, as for no case at all, unless `actor` may read it."""
    if not may_read(actor, state):
        raise CaseNotFound("there is no such case")


def require_supervisor(actor: Actor) -> None:
    """Raise `NotAllowed` unless `actor` supervises."""
    if actor.role is not Role.SUPERVISOR:
        raise NotAllowed(f"this is for supervisors, not for the {actor.role}")


def require_person(actor: Actor) -> None:
    """Raise `NotAllowed` unless `actor` is a person who asks about themselves."""
    if actor.role is not Role.APPLICANT or actor.id != actor.principal:
        raise NotAllowed("this is for the person themselves")


def reach_of(actor: Actor) -> Reach:
    """Return what `actor` may list, count and find; raises `NotAllowed`.

    All of it is what `sees_personal` tells of each case in it.
    """
    if actor.role is Role.SUPERVISOR:
        return Reach()
    if actor.item is not None:
        raise NotAllowed(f"this session is for {actor.item} alone; name the case, please")
    if actor.role in OWN:
        return Reach(subject=actor.principal, personal=True, restricted=True)
    if actor.role in OFFICE and actor.authority is not None:
        return Reach(authority=actor.authority, personal=True)
    if actor.role is Role.CHIEF and actor.authority is not None:
        return Reach(authority=actor.authority)
    raise NotAllowed(f"a {actor.role} lists no cases")


def within_reach(actor: Actor, which: Which) -> Which:
    """Return `which`, narrowed to what `actor` may list; raises `NotAllowed`."""
    reach = reach_of(actor)
    return which.narrowed(authority=reach.authority, subject=reach.subject)
