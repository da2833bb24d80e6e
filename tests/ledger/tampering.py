"""Changing what refuses to be changed, as whoever holds the file may."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unguarded(db: sqlite3.Connection) -> Iterator[None]:
    """Drop every trigger, and make each as it was afterwards."""
    guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in guards:
        db.execute(sql)
