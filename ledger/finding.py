"""What an audit found, and who is told how far it is."""

from collections.abc import Callable
from dataclasses import dataclass

Watch = Callable[[str, int, int], object]
"""Is told what is being read, the position reached, and the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it was written; of a view, how far it says it reaches."""

    position: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was looked at and what is wrong, by position; it stops looking at a hundred."""

    entries: int
    streams: int
    wrong: tuple[Finding, ...]
