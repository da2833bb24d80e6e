"""What a search found, as text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.counting import Counts
from terminal.tables import Row, case_name, table, to_the_second


def found_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a table of cases, each under the name that `replay` knows it by."""
    yield from table(
        ("CASE", "STATUS", "ITEM", "OPENED", "CHANGED"),
        [
            (
                case_name(row),
                row["status"],
                row["item"] or "",
                to_the_second(row["first"]),
                to_the_second(row["last"]),
            )
            for row in rows
        ],
    )
    yield f"cases: {len(rows):,}; times are in UTC"


def count_lines(counts: Counts) -> Iterator[str]:
    """Yield how many cases there are, and how many with each value."""
    rows = [
        (column, value, f"{cases:,}")
        for column, values in counts.by.items()
        for value, cases in values.items()
    ]
    yield from table(("BY", "", "CASES"), rows)
    yield f"cases: {counts.total:,}"


def counts_shown(counts: Counts) -> Mapping[str, Any]:
    """Return counts as plain values."""
    return {"cases": counts.total, **counts.by}
