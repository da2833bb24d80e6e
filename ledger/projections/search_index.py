"""The table behind the search, and the full-text index that triggers keep in step with it.

Rows stand in the order of their cases' last changes, so that whatever the index finds
comes newest first without being sorted: a row's number is the second of that change,
and then the place in the log of what changed it. It does not depend on how the log was
cut into batches.

Whoever has a row in `standings` is not found by what is personal, but by themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlite_utils import Database

from ledger.projections.search_text import GAP
from ledger.subject_events import Standing

PUBLIC = ("name", "about", "told")
"""The columns that are searched for whoever may know of a case, best first."""

PERSONAL = "personal"
"""The column that is searched only for whoever may see what is personal in a case."""

MARKS = "marks"
"""The column that holds what questions narrow by, for the index; see `mark`."""

MARKED = ("register", "status", "authority", "item", "subject")
"""The columns whose values are marks."""

DATED = ("first", "due")
"""The columns whose years, months and days are marks."""

EARLIEST = 1950
"""The years before it count as this one among the marks."""

BEGINNINGS = (1, 3, 6, 8)
"""Beginnings of words of so many characters are in the index as words are."""

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

_TEXTS = (*PUBLIC, PERSONAL, MARKS)
_COLUMNS: Mapping[str, type] = {"row": int, **SHOWN, **dict.fromkeys(_TEXTS, str)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_SECONDS, _POSITIONS = 1 << 33, 30
_PRIVATE, _MARKS = 0xF0000, 0x20000

# The index says in which rows and columns a word is, not where: the rows tell the rest.
# Everything beyond ASCII is part of a token, also characters newer than this SQLite.
_INDEX = f"""
    CREATE VIRTUAL TABLE search_fts USING fts5 (
        {", ".join(_TEXTS)}, content='search', content_rowid='row', detail='column',
        tokenize='ascii', prefix='{" ".join(map(str, BEGINNINGS))}'
    )
"""
_IN_STEP = {
    "ai": ("INSERT", ("new",)),
    "ad": ("DELETE", ("old",)),
    "au": ("UPDATE", ("old", "new")),
}


def create(db: Database) -> None:
    """Create the empty table and its index."""
    table = db.table("search")
    table.create(dict(_COLUMNS), pk="row")
    table.create_index(["id"], unique=True)
    table.create_index(["subject"])
    db.table("standings").create({"subject": str, "standing": str}, pk="subject")
    db.execute(_INDEX)
    for name, (event, sides) in _IN_STEP.items():
        changes = " ".join(f"{_changed(side)};" for side in sides)
        db.execute(f"CREATE TRIGGER search_{name} AFTER {event} ON search BEGIN {changes} END")


def number(last: datetime, position: int) -> int:
    """Return the number of a row whose case changed `last`, by the entry at `position`."""
    return first_number(last) + position % (1 << _POSITIONS)


def first_number(moment: datetime) -> int:
    """Return the least number of a row whose case changed in the second of `moment`."""
    second = (moment - _EPOCH) // _SECOND
    # What a source says happened some centuries away stands at the end of what has a place.
    return max(-_SECONDS, min(second, _SECONDS - 1)) << _POSITIONS


def last_number(moment: datetime) -> int:
    """Return the greatest number of a row whose case changed in the second of `moment`."""
    return first_number(moment) + (1 << _POSITIONS) - 1


def mark(column: str, value: str) -> str:
    """Return the token of all rows that have `value` in `column`, and of few others."""
    return chr(_PRIVATE + crc32(f"{column} {value}".encode()) % _MARKS)


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


def replace(db: Database, before: Iterable[int], rows: Iterable[Mapping[str, Any]]) -> None:
    """Put `rows` in the place of those numbered `before`; what was told stays findable."""
    numbers = sorted(before)
    told = {row["id"]: row for number in numbers for row in db.query(_TOLD, [number])}
    # In their order, as the index takes them in: else it would begin anew at every one.
    db.conn.executemany("DELETE FROM search WHERE row = ?", [[row] for row in numbers])
    written = [_marked(_grown(row, told.get(row["id"], {}))) for row in rows]
    db.conn.executemany(_WRITE, sorted(written, key=itemgetter("row")))


def _grown(row: Mapping[str, Any], told: Mapping[str, str]) -> Mapping[str, Any]:
    if row["register"] is not None:
        return row
    both = {name: [*filter(None, (told.get(name), row[name]))] for name in _GROWING}
    return {**row, **{name: f" {GAP} ".join(texts) for name, texts in both.items()}}


def _marked(row: Mapping[str, Any]) -> Mapping[str, Any]:
    marks = [mark(name, row[name]) for name in MARKED if row[name] is not None]
    dates = [mark(name, date) for name in DATED if row[name] for date in _dates(row[name])]
    return {**row, MARKS: " ".join([*marks, *dates])}


def _dates(moment: str) -> Sequence[str]:
    return max(moment[:4], str(EARLIEST)), moment[:7], moment[:10]


def _changed(side: str) -> str:
    names = ["rowid", *_TEXTS]
    values = [f"{side}.row", *(f"{side}.{name}" for name in _TEXTS)]
    if side == "old":
        names, values = ["search_fts", *names], ["'delete'", *values]
    return f"INSERT INTO search_fts ({', '.join(names)}) VALUES ({', '.join(values)})"


_GROWING = ("told", PERSONAL)
_TOLD = f"SELECT id, {', '.join(_GROWING)} FROM search WHERE row = ?"
_WRITE = (
    f"INSERT INTO search ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join(f':{column}' for column in _COLUMNS)})"
)
