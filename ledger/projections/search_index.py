"""The table behind the search, and the full-text index that triggers keep in step with it.

Whoever has a row in `standings` is not found by what is personal, but by themselves.
A row's number is the position of the entry that first listed its case, so that
it does not depend on how the log was cut into batches.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlite_utils import Database
from sqlite_utils.db import DescIndex

from ledger.projections.search_text import GAP
from ledger.subject_events import Standing

PUBLIC = ("name", "about", "told")
"""The columns that are searched for whoever may know of a case, best first."""

PERSONAL = "personal"
"""The column that is searched only for whoever may see what is personal in a case."""

SHOWN: Mapping[str, type] = {
    "id": str,
    "register": str,
    "number": str,
    "item": str,
    "authority": str,
    "subject": str,
    "status": str,
    "first": str,
    "last": str,
    "due": str,
    "version": int,
}
"""The columns that are no text to be searched; `due` is the first duty's last moment."""

_TEXTS = (*PUBLIC, PERSONAL)
_COLUMNS: Mapping[str, type] = {"row": int, **SHOWN, **dict.fromkeys(_TEXTS, str)}


def create(db: Database) -> None:
    """Create the empty table and its index."""
    table = db.table("search")
    table.create(dict(_COLUMNS), pk="row")
    table.create_index(["id"], unique=True)
    # Each narrows, and has what it leaves in the order that pages are in.
    for narrowing in ([], ["register"], ["status"], ["item"], ["subject"], ["authority"]):
        table.create_index([*narrowing, DescIndex("last"), "id"])
    db.table("standings").create({"subject": str, "standing": str}, pk="subject")
    # Everything beyond ASCII is part of a token, also characters newer than this SQLite.
    table.enable_fts(_TEXTS, tokenize="ascii", create_triggers=True)


def known(db: Database, streams: set[UUID]) -> dict[UUID, int]:
    """Return the numbers of the rows that there are of `streams`."""
    ids = [stream.hex for stream in streams]
    marks = ", ".join("?" * len(ids))
    found = db.execute(f"SELECT id, row FROM search WHERE id IN ({marks})", ids)
    return {UUID(hex=id): row for id, row in found}


def erased(db: Database) -> set[str]:
    """Return who was erased."""
    rows = db.execute("SELECT subject FROM standings WHERE standing = ?", [Standing.ERASED])
    return {subject for (subject,) in rows}


def stand(db: Database, subject: str, standing: Standing) -> None:
    """Let it be known how a person's data stand; of who is erased nothing stays here."""
    db.execute("DELETE FROM standings WHERE subject = ?", [subject])
    if standing is not Standing.FREE:
        db.execute("INSERT INTO standings VALUES (?, ?)", [subject, standing])
    if standing is Standing.ERASED:
        db.execute(f"UPDATE search SET {PERSONAL} = '' WHERE subject = ?", [subject])


def remove(db: Database, rows: Iterable[int]) -> None:
    """Remove the rows of these numbers."""
    db.conn.executemany("DELETE FROM search WHERE row = ?", [[row] for row in rows])


def write(db: Database, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write `rows`; what was told of a case of ours before stays findable."""
    db.conn.executemany(_WRITE, rows)


def _added(column: str) -> str:
    both = f"trim({column} || ' {GAP} ' || excluded.{column}, ' {GAP}')"
    return f"{column} = iif(excluded.register IS NULL, {both}, excluded.{column})"


_GROWING = ("told", PERSONAL)
_SET = [_added(c) if c in _GROWING else f"{c} = excluded.{c}" for c in _COLUMNS if c != "row"]
_WRITE = (
    f"INSERT INTO search ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join(f':{column}' for column in _COLUMNS)})"
    f" ON CONFLICT (row) DO UPDATE SET {', '.join(_SET)}"
)
