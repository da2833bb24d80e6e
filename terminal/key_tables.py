"""Keys in columns."""

from collections.abc import Iterator, Sequence

from terminal.tables import Row, table, to_the_second


def key_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a table of keys."""
    yield from table(
        ("REGION", "KID", "USE", "ALGORITHM", "FROM", "UNTIL", "STATE"),
        [
            (
                r["region"],
                r["kid"],
                r["use"],
                r["algorithm"],
                to_the_second(r["from"]),
                to_the_second(r["until"]),
                r["state"],
            )
            for r in rows
        ],
    )
    yield f"keys: {len(rows):,}; times are in UTC"
