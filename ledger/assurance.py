"""How surely a person was known, as it stands in the log, part by part.

A level alone hides that a strong proof may be old, or rest on a weak binding; what
a service item asks for is about the parts.
"""

from datetime import datetime
from typing import Protocol, Self

from ledger.personal import Recorded


class Vector(Protocol):
    """The parts of an assurance, whoever tells them."""

    @property
    def level(self) -> int: ...
    @property
    def bound_how(self) -> str: ...
    @property
    def bound_by(self) -> str: ...
    @property
    def bound_at(self) -> datetime | None: ...
    @property
    def authenticated_how(self) -> str: ...
    @property
    def authenticated_at(self) -> datetime: ...
    @property
    def source_as_of(self) -> datetime | None: ...


class Assured(Recorded, frozen=True):
    """How the account came to stand for the person, and how they proved that it is theirs.

    `bound_by` saw to the first, `bound_at` that moment where it is told;
    `source_as_of` is how old what was compared with is, where that is told.
    """

    level: int
    bound_how: str
    bound_by: str
    authenticated_how: str
    authenticated_at: datetime
    bound_at: datetime | None = None
    source_as_of: datetime | None = None

    @classmethod
    def of(cls, told: Vector) -> Self:
        """Return what `told` says."""
        return cls(
            level=int(told.level),
            bound_how=str(told.bound_how),
            bound_by=told.bound_by,
            authenticated_how=str(told.authenticated_how),
            authenticated_at=told.authenticated_at,
            bound_at=told.bound_at,
            source_as_of=told.source_as_of,
        )
