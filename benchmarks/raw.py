"""Plain `sqlite3`, given rows that are ready: what the disk and SQLite allow."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ledger.application import Ledger

Stored = tuple[str, int, str, bytes]

INSERT = "INSERT INTO events (stream, version, topic, state) VALUES (?, ?, ?, ?)"
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        stream TEXT NOT NULL,
        version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        UNIQUE (stream, version)
    )
"""


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open a database of one table in `folder`, each commit durable unless begun."""
    with closing(sqlite3.connect(folder / "raw.sqlite", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_SCHEMA)
        yield connection


def rows_of(ledger: Ledger, after: int = 0) -> list[Stored]:
    """Return what the ledger stored beyond position `after`, as rows to insert."""
    return [
        (str(n.originator_id), n.originator_version, n.topic, n.state)
        for n in ledger.recorder.select_notifications(after + 1, ledger.head)
    ]
