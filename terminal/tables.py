"""Lists in columns of text.

Texts come from logs and applicants, so whatever could steer a terminal is
replaced before it is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size

_GAP = "  "

Row = Mapping[str, Any]


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the titles, then each of `rows`, in columns; Chinese takes two cells."""
    lines = [titles, *([printable(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = map(set_cell_size, line, widths)
        yield _GAP.join(cells).rstrip()


def case_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a table of cases, each under the name that `replay` knows it by."""
    yield from table(
        ("CASE", "STATUS", "EVENTS", "FIRST", "LAST"),
        [
            (
                case_name(r),
                r["status"],
                str(r["events"]),
                to_the_second(r["first"]),
                to_the_second(r["last"]),
            )
            for r in rows
        ],
    )
    yield f"cases: {len(rows):,}; times are in UTC"


def conflict_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a table of the facts that no longer count."""
    yield from table(
        ("CASE", "OCCURRED", "ACTIVITY"),
        [(case_name(r), to_the_second(r["occurred_at"]), r["activity"]) for r in rows],
    )
    yield f"facts that a later delivery contradicted: {len(rows):,}; times are in UTC"


def printable(text: str) -> str:
    """Return `text` with every control character replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def case_name(row: Row) -> str:
    """The name that `replay` knows a case by."""
    register = row["register"]
    return f"{row['number']}" if register is None else f"{register}/{row['number']}"


def to_the_second(text: str) -> str:
    """A time of a row, in UTC, as a person reads it."""
    return f"{text[:10]} {text[11:19]}"
