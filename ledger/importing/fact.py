"""What one event of a log says, once a mapping has read it.

Both times are in UTC. No order between them may be assumed: sources also
write things down before they happen.
"""

from datetime import datetime

from msgspec import Struct

Attributes = tuple[tuple[object, ...], ...]


class Fact(Struct, frozen=True, array_like=True, kw_only=True):
    """One event: what was done, what that means here, and when.

    `matched` are those attributes that the mapping's status rules ask about;
    `attributes` are all there were, each as key, kind, value and children.
    """

    activity: str
    answer: str | None
    fact: str | None
    occurred_at: datetime
    source_recorded_at: datetime | None
    matched: tuple[tuple[str, str], ...]
    attributes: Attributes

    def __repr__(self) -> str:
        return f"Fact(activity={self.activity!r}, fact={self.fact!r})"
