"""Whether what follows from a view's rows is there: its indexes, triggers, full-text search.

A case whose words are gone from the full-text index is not found any more, and
its row says nothing of that. SQLite compares the two itself, but only where it
may write: so in a copy without a name.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from ledger.projections.view import View, prepare, read_only


def is_indexed(link: Path, view: View) -> bool:
    """Tell whether the file that `link` names has all of it, as its rows have it now."""
    with closing(_nameless()) as made:
        prepare(made, view)
        wanted, indexes = _names(made), _full_text(made)
    with closing(read_only(link)) as db:
        if _names(db) != wanted:
            return False
        return not indexes or _agree(db, indexes)


def _agree(db: Database, indexes: list[str]) -> bool:
    with closing(_nameless()) as copy:
        db.conn.backup(copy.conn)
        try:
            return all(_agrees(copy, name) for name in indexes)
        except sqlite3.DatabaseError:
            return False


def _agrees(copy: Database, name: str) -> bool:
    # With rank 1 the rows of the table beside it are read as well.
    copy.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)")
    # That reads the words one after another. A search looks for one, on a way of its own.
    copy.execute(f"CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, {name}, row)")
    found = f"SELECT count(*) FROM {name} WHERE {name} MATCH '\"' || term || '\"'"
    lost = copy.execute(f"SELECT 1 FROM temp.words WHERE doc <> ({found}) LIMIT 1").fetchone()
    copy.execute("DROP TABLE temp.words")
    return lost is None


def _names(db: Database) -> set[tuple[str, str]]:
    return {*db.execute("SELECT type, name FROM sqlite_master").fetchall()}


def _full_text(db: Database) -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING FTS5%'"
    return [name for (name,) in db.execute(sql)]


def _nameless() -> Database:
    return Database(sqlite3.connect("", isolation_level=None))
