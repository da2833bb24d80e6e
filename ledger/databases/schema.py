"""The log's tables, the same in every database.

A position is an entry's row id, counted from 1 by whoever holds the right to
write; no sequence is asked, because sequences have gaps. Triggers refuse what
an append-only table must never see.
"""

from typing import Final

KEYS: Final = {
    "stored_events": (("rowid",), ("originator_id", "originator_version")),
    "merkle_leaves": (("leaf_index",),),
    "tile_roots": (("level", "tile_index"),),
    "once_keys": (("number",), ("key",)),
}
"""The tables, and what no two rows of each have in common."""

TABLES: Final = tuple(KEYS)

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS stored_events (
        rowid {integer} PRIMARY KEY,
        originator_id TEXT NOT NULL,
        originator_version {integer} NOT NULL,
        topic TEXT NOT NULL,
        state {bytes} NOT NULL,
        UNIQUE (originator_id, originator_version)
    )""",
    """CREATE TABLE IF NOT EXISTS merkle_leaves (
        leaf_index {integer} PRIMARY KEY,
        hash {bytes} NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS tile_roots (
        level {integer} NOT NULL,
        tile_index {integer} NOT NULL,
        hash {bytes} NOT NULL,
        PRIMARY KEY (level, tile_index)
    )""",
    """CREATE TABLE IF NOT EXISTS once_keys (
        number {integer} PRIMARY KEY,
        key {bytes} NOT NULL UNIQUE,
        body {bytes},
        first_position {integer} NOT NULL,
        last_position {integer} NOT NULL,
        closes {integer},
        seal {bytes} NOT NULL
    )""",
)


def schema(*, integer: str, bytes: str) -> list[str]:
    """Return the statements that make the tables, by a database's names of types."""
    return [statement.format(integer=integer, bytes=bytes) for statement in _SCHEMA]
