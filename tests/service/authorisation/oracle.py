"""Who may know what, written from the domain and the documentation, and from nothing else.

It shares no line with the service: where both are wrong, they are so in different ways.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

OFFICE = ("clerk", "reviewer", "approver", "department-head")
DATA = ("data-protection-officer", "operator")
OWN = ("subscription", "consent", "request", "binding", "mandate", "contact")
EVIDENCE = ("binding", "mandate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A case, a hand-over, or what is somebody's own: whose, which office's, what is in it."""

    kind: str
    id: str
    owner: str
    authority: str
    item: str
    secrets: frozenset[str]
    receipt: str | None = None
    enterprise: str | None = None

    @property
    def marks(self) -> frozenset[str]:
        """What gives away that it exists."""
        marks = {self.id, self.id.replace("-", "")}
        return frozenset(marks | ({self.receipt} if self.receipt else set()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who asks: in a role, of an office or for somebody, in one matter or in all.

    The `person` is who acts, where it is known: for the principal, or for themselves.
    """

    role: str
    authority: str | None = None
    principal: str | None = None
    person: str | None = None
    item: str | None = None
    session: str | None = field(default=None, repr=False)


def may_know(caller: Caller, thing: Thing, things: Iterable[Thing] = ()) -> bool:
    """Tell whether the caller may learn that the thing exists; supervisors read the log."""
    if caller.role == "supervisor":
        return True
    if thing.kind in OWN:
        return _is_ones_own(caller, thing) or _decides_on_it(caller, thing, things)
    if caller.role in (*OFFICE, "chief-officer"):
        return caller.authority == thing.authority
    return _is_theirs(caller, thing)


def may_act(caller: Caller, restricted: Collection[str]) -> bool:
    """Tell whether a session is of use: of who acts for another, while they are free."""
    acts = caller.person != caller.principal and caller.person is not None
    return not (acts and caller.person in restricted)


def may_open(
    caller: Caller,
    thing: Thing,
    restricted: Iterable[str] = (),
    things: Iterable[Thing] = (),
) -> bool:
    """Tell whether the caller may see what is personal in the thing."""
    if thing.kind in OWN:
        decides = _decides_on_it(caller, thing, things) and caller.role in OFFICE
        shown = decides and thing.owner not in restricted
        return _is_ones_own(caller, thing) or _answers_it(caller, thing) or shown
    if caller.role in OFFICE:
        return caller.authority == thing.authority and thing.owner not in restricted
    return _is_theirs(caller, thing)


def may_ask(caller: Caller, thing: Thing, path: str) -> bool:
    """Tell whether the caller may ask this of the thing by its id."""
    if thing.kind in OWN:
        return _is_ones_own(caller, thing) or _answers_it(caller, thing)
    return may_name(caller, thing, path)


def may_name(caller: Caller, thing: Thing, path: str, things: Iterable[Thing] = ()) -> bool:
    """Tell whether the caller may see its id, or whose it is, at this path.

    Those who answer for persons' data see in access logs what was looked at.
    """
    if caller.role in DATA:
        return path.startswith(("/v1/subjects/", "/v1/transfers", "/v1/requests"))
    # Whoever reads a case is told who else was confirmed to act for its applicant.
    told = path.endswith("/applicant") and caller.principal == thing.enterprise
    return (told and caller.role == "agent") or may_know(caller, thing, things)


def _is_theirs(caller: Caller, thing: Thing) -> bool:
    own = caller.role in ("applicant", "agent") and caller.principal == thing.owner
    return own and caller.item in (None, thing.item)


def _is_ones_own(caller: Caller, thing: Thing) -> bool:
    """What is one's own is of nobody who acts for one, but for what lets them act."""
    if thing.kind == "mandate":
        represents = caller.role == "agent" and caller.item is None
        own = thing.owner in (caller.principal, caller.person)
        return own or (represents and caller.principal == thing.enterprise)
    alone = caller.role == "applicant" or thing.kind == "consent"
    return alone and caller.principal == thing.owner


def _decides_on_it(caller: Caller, thing: Thing, things: Iterable[Thing]) -> bool:
    """Whoever decides on a case is shown what proves who its applicant is."""
    if thing.kind not in EVIDENCE or caller.role not in (*OFFICE, "chief-officer"):
        return False
    owners = {thing.owner, thing.enterprise}
    return any(
        each.owner in owners and each.authority == caller.authority
        for each in things
        if each.kind == "case"
    )


def _answers_it(caller: Caller, thing: Thing) -> bool:
    return thing.kind == "request" and caller.role in DATA
