"""What follows from a partner's message, before any of it is added to the log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ledger.actor import Actor, Channel, Role
from ledger.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Entries still to be added, or why there are none.

    `of_case` says that they are of a case, and not of a hand-over.
    """

    subject: str | None
    entries: tuple[Entry, ...] = ()
    of_case: bool = False
    materials: tuple[str, ...] = field(default=(), repr=False)
    refused: str | None = None


def refused(subject: str | None, reason: str) -> Asked:
    """Return what follows from a message that a rule refuses."""
    return Asked(subject=subject, refused=reason)


def of_case(subject: str, entries: Iterable[Entry], materials: Mapping[str, str]) -> Asked:
    """Return what follows for a case, with the materials that travel after the message."""
    return Asked(
        subject=subject,
        entries=tuple(entries),
        of_case=True,
        materials=digests_of(materials),
    )


def digests_of(materials: Mapping[str, str]) -> tuple[str, ...]:
    """Return each digest of `materials` once."""
    return tuple(sorted(set(materials.values())))


def partner(region: str) -> Actor:
    """Return the actor of what a partner region tells."""
    return Actor(role=Role.PARTNER, id=region, principal=region, channel=Channel.PARTNER)


def clerk_of(region: str, clerk: str, principal: str) -> Actor:
    """Return the actor of what a clerk at a window there does for `principal`."""
    return Actor(
        role=Role.AGENT, id=f"{region}:{clerk}", principal=principal, channel=Channel.PARTNER
    )
