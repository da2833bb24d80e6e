"""What a log holds, before a mapping says what it means.

Values are the text that stood there. None of it shows in a `repr`: a log of
cases is full of people.
"""

from dataclasses import dataclass, field
from typing import NamedTuple


class Attribute(NamedTuple):
    """One attribute; a tuple, so that it is written as an array.

    A list or container has an empty value and its items as children.
    """

    key: str
    kind: str
    value: str
    children: "tuple[Attribute, ...]" = ()

    def __repr__(self) -> str:
        return f"Attribute(key={self.key!r}, kind={self.kind!r})"


@dataclass(frozen=True, slots=True)
class Event:
    """One event and the line it begins on."""

    attributes: tuple[Attribute, ...] = field(repr=False)
    line: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Part of a case's history: a log may tell of one case in several traces."""

    attributes: tuple[Attribute, ...] = field(repr=False)
    events: tuple[Event, ...] = field(repr=False)
    line: int
