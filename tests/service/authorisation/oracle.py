"""Who may know what, written from the domain and the documentation, and from nothing else.

It shares no line with the service: where both are wrong, they are so in different ways.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

OFFICE = ("clerk", "reviewer", "approver", "department-head")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A case or a hand-over: whose it is, which office's, and what nobody else may see."""

    kind: str
    id: str
    owner: str
    authority: str
    item: str
    secrets: frozenset[str]
    receipt: str | None = None

    @property
    def marks(self) -> frozenset[str]:
        """What gives away that it exists."""
        marks = {self.id, self.id.replace("-", "")}
        return frozenset(marks | ({self.receipt} if self.receipt else set()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who asks: in a role, of an office or for somebody, in one matter or in all."""

    role: str
    authority: str | None = None
    principal: str | None = None
    item: str | None = None
    session: str | None = field(default=None, repr=False)


def may_know(caller: Caller, thing: Thing) -> bool:
    """Tell whether the caller may learn that the thing exists."""
    if caller.role == "supervisor":
        return True
    if caller.role in (*OFFICE, "chief-officer"):
        return caller.authority == thing.authority
    return _is_theirs(caller, thing)


def may_open(caller: Caller, thing: Thing, restricted: Iterable[str] = ()) -> bool:
    """Tell whether the caller may see what is personal in the thing."""
    if caller.role in OFFICE:
        return caller.authority == thing.authority and thing.owner not in restricted
    return _is_theirs(caller, thing)


def may_name(caller: Caller, thing: Thing, path: str) -> bool:
    """Tell whether the caller may see its id, or whose it is, at this path.

    Those who answer for persons' data see in access logs what was looked at.
    """
    if caller.role in ("data-protection-officer", "operator"):
        return path.startswith(("/v1/subjects/", "/v1/transfers", "/v1/requests"))
    return may_know(caller, thing)


def _is_theirs(caller: Caller, thing: Thing) -> bool:
    own = caller.role in ("applicant", "agent") and caller.principal == thing.owner
    return own and caller.item in (None, thing.item)
