"""Who did something, for whom, and by which way in.

An actor is made only from a verified session or by the system itself; nothing
in a request body or header can name a role.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """The parts that people, regions and the system play in the procedure.

    A hearing chair and an evidence provider have none yet beyond their names, and a
    public verifier needs no session.
    """

    APPLICANT = "applicant"
    AGENT = "agent"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    HEAD = "department-head"
    CHAIR = "hearing-chair"
    CHIEF = "chief-officer"
    SUPERVISOR = "supervisor"
    EVIDENCE = "evidence-provider"
    DATA_PROTECTION = "data-protection-officer"
    PARTNER = "partner"
    OPERATOR = "operator"
    CLOCK = "clock"


OWN: Final = frozenset({Role.APPLICANT, Role.AGENT})
"""Whose cases are their own, or those of whom they act for."""
OFFICE: Final = frozenset({Role.CLERK, Role.REVIEWER, Role.APPROVER, Role.HEAD})
"""Who handles an authority's cases, and sees them opened."""


class Channel(StrEnum):
    """The way in, recorded on every entry."""

    PORTAL = "portal"
    WINDOW = "window"
    PARTNER = "partner"
    IMPORT = "import"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """`id` acts in `role` for `principal`, under `authority` where that is an office.

    All three are pseudonyms or names of offices, never of persons. An actor whose
    session was opened for one service item acts on that alone; it is not recorded.
    """

    role: Role
    id: str
    principal: str
    channel: Channel
    authority: str | None = None
    item: str | None = None

    @property
    def caller(self) -> list[str | None]:
        """What tells one caller from another: a key is of one person, acting for one.

        Whoever acts for two is two callers, and so is who acts for themselves besides.
        """
        return [str(self.role), self.authority, self.id, self.principal]

    def may_touch(self, item: str) -> bool:
        """Tell whether what concerns the service item `item` is within this session."""
        return self.item is None or self.item == item


CLOCK = Actor(role=Role.CLOCK, id="clock", principal="clock", channel=Channel.SYSTEM)
SYSTEM = Actor(role=Role.OPERATOR, id="system", principal="system", channel=Channel.SYSTEM)
