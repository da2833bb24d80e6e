"""The rows of a view, as they are."""

import json
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from ledger.projections.view import View
from terminal.tables import printable


def row_lines(db: Database, view: View) -> Iterator[str]:
    """Yield the rows of each table in JSON, one a line, after the table's name."""
    for table in view.tables:
        yield f"{table}:"
        for row in _rows(db, table):
            yield printable(json.dumps(row, ensure_ascii=False))


def rows_shown(db: Database, view: View) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table, in key order."""
    return {table: list(_rows(db, table)) for table in view.tables}


def _rows(db: Database, table: str) -> Iterator[dict[str, Any]]:
    keys = ", ".join(db.table(table).pks)
    return db.query(f"SELECT * FROM {table} ORDER BY {keys}")
