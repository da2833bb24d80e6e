"""Seals for the one-time keys of a log that was begun before there were any.

Done once, when such a log is opened, in one transaction. What happened to the
rows until then nobody can tell; from here on it is told.
"""

import sqlite3
from contextlib import closing

from ledger.once import OnceSeal, Used

_FIND = "SELECT 1 FROM pragma_table_info('once_keys') WHERE name = 'key'"
_SEALED = "SELECT 1 FROM pragma_table_info('once_keys') WHERE name = 'seal'"
_ROWS = """
    SELECT key, body, first_position, last_position FROM once_unsealed
    ORDER BY first_position, key
"""


def seal_unsealed(database: str, table: str, once: OnceSeal) -> None:
    """Give the rows of `once_keys` their seals, if they have none; `table` makes it anew."""
    with closing(sqlite3.connect(database, isolation_level=None, uri=True)) as db:
        if not db.execute(_FIND).fetchone() or db.execute(_SEALED).fetchone():
            return
        db.execute("PRAGMA synchronous = FULL")
        db.execute("BEGIN IMMEDIATE")
        if not db.execute(_SEALED).fetchone():
            db.execute("ALTER TABLE once_keys RENAME TO once_unsealed")
            db.execute(table)
            (head,) = db.execute("SELECT coalesce(max(rowid), 0) FROM stored_events").fetchone()
            used = {
                key: Used(body=body, first=first, last=last)
                for key, body, first, last in db.execute(_ROWS)
            }
            rows = once.rows(used, after=0, head=head) if head else ()
            db.executemany("INSERT INTO once_keys VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            db.execute("DROP TABLE once_unsealed")
        db.execute("COMMIT")
