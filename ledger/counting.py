"""How many cases there are, in all and by what they have in common."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

COUNTED = ("register", "status", "authority", "item")
"""The columns by which cases are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many cases there are, and how many with each value of a column; or even `more`."""

    total: int
    by: Mapping[str, Mapping[str, int]]
    more: bool = False


def counting(where: str, table: str) -> str:
    """Return the SQL that counts the rows of `table` which `where` is true of."""
    by = ", ".join(COUNTED)
    return f"SELECT {by}, count(*) FROM {table} WHERE {where} GROUP BY {by}"


def counts_of(rows: Iterable[tuple[Any, ...]]) -> Counts:
    """Return what the rows of `counting` come to; what has no value is in no count but all."""
    by, total = {name: Counter[str]() for name in COUNTED}, 0
    for *values, cases in rows:
        total += cases
        for name, value in zip(COUNTED, values, strict=True):
            if value is not None:
                by[name][value] += cases
    return Counts(
        total=total, by={name: dict(sorted(counts.items())) for name, counts in by.items()}
    )
