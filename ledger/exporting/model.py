"""The terms of OCEL 2.0: events, objects, and how they are linked."""

from typing import Final, NamedTuple

ALWAYS: Final = "1970-01-01T00:00:00Z"
"""When an object's attribute had its first value, as the standard's example has it."""

OBJECT_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "case": ("register", "number", "item_version", "received_on", "status"),
    "person": (),
    "official": (),
    "authority": (),
    "region": (),
    "item": (),
    "material": ("kind", "state"),
    "handover": ("mode",),
    "joint_review": (),
}
"""The attributes of each type of object."""


Links = tuple[tuple[str, str], ...]


class Event(NamedTuple):
    """An event: `objects` are the ids of what it is about, each with a qualifier."""

    id: str
    type: str
    time: str
    attributes: dict[str, str]
    objects: Links


class Attribute(NamedTuple):
    """What an object's attribute became, and when."""

    name: str
    value: str
    time: str = ALWAYS


class Object(NamedTuple):
    """An object; its id begins with its type."""

    id: str
    attributes: tuple[Attribute, ...] = ()
    objects: Links = ()

    @property
    def type(self) -> str:
        """The part of the id before the first colon."""
        return self.id.partition(":")[0]
