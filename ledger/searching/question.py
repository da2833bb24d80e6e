"""What is asked of the search, and by whom."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from ledger.projections.search_text import asked, folded

_LONGEST = 400
_PLACE = re.compile(r"-?[0-9]{1,19}~(?:-1|[0-3])~-?[0-9]{1,19}")

LAST = 2**63 - 1
"""No row has a greater number."""


class Order(StrEnum):
    """Which case comes first: the one that changed last, or of those that fit best.

    A case fits best that is called by a word asked for; then one in which the word
    is personal, then one in which it was told, then one that is about it.
    """

    CHANGED = "changed"
    RANK = "rank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page begins: among the rows `below` one, after the best of them up to `row`."""

    below: int = LAST
    rank: int = -1
    row: int = LAST

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what `str` made of a place; raises `ValueError`."""
        if _PLACE.fullmatch(text) is None:
            raise ValueError(text)
        below, rank, row = map(int, text.split("~"))
        if max(abs(below), abs(row)) > LAST:
            raise ValueError(text)
        return cls(below=below, rank=rank, row=row)

    def __str__(self) -> str:
        return f"{self.below}~{self.rank}~{self.row}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What somebody may find; `personal` says whether also by what is personal in it.

    Persons whose data are restricted are found by it only where `restricted` says so.
    """

    authority: str | None = None
    subject: str | None = None
    personal: bool = False
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which cases to find; whatever is left out does not narrow it. Times are inclusive."""

    words: str | None = None
    register: str | None = None
    status: str | None = None
    authority: str | None = None
    item: str | None = None
    subject: str | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    changed_from: datetime | None = None
    changed_until: datetime | None = None
    overdue_at: datetime | None = None
    order: Order = Order.CHANGED
    after: Place | None = None
    limit: int | None = None


def words(text: str) -> str:
    """Return `text` if there is something in it to look for; raises `ValueError`.

    One character may stand for several words, so it is bounded as it is looked for.
    """
    if len(text) > _LONGEST or len(folded(text)) > _LONGEST or not asked(text):
        raise ValueError(text)
    return text
