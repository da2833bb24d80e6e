"""OCEL 2.0 as an SQLite database, with the tables of the standard's example.

The file is made in the temporary folder and then sent, so the first byte comes late; a
piece of nothing goes out for every case meanwhile, so that whoever asked may give up.
The same cases give the same bytes under the same version of SQLite.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.exporting.errors import ExportFailed
from ledger.exporting.events import events_of
from ledger.exporting.model import ALWAYS, OBJECT_TYPES, Event, Object
from ledger.exporting.objects import objects_of
from ledger.exporting.selecting import ToldCase
from ledger.exporting.types import Types

MEDIA_TYPE = "application/vnd.sqlite3"
MAKER = sqlite3.sqlite_version

_PIECE = 64 * 1024
_SCHEMA = """
    PRAGMA page_size = 4096;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -8192;
    BEGIN;
    CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
    CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
    CREATE TABLE event (
        ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES event_map_type (ocel_type));
    CREATE TABLE object (
        ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES object_map_type (ocel_type));
    CREATE TABLE event_object (
        ocel_event_id TEXT REFERENCES event (ocel_id),
        ocel_object_id TEXT REFERENCES object (ocel_id),
        ocel_qualifier TEXT,
        PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier));
    CREATE TABLE object_object (
        ocel_source_id TEXT REFERENCES object (ocel_id),
        ocel_target_id TEXT REFERENCES object (ocel_id),
        ocel_qualifier TEXT,
        PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier));
"""


def write_ocel_sqlite(cases: Iterable[ToldCase]) -> Iterator[bytes]:
    """Yield the file; raises `ExportFailed` where it finds no room while it is made."""
    with TemporaryDirectory(prefix="tongban-export-") as folder:
        path = Path(folder) / "ocel.sqlite"
        with _translated(), closing(_created(path)) as db:
            tables = _Tables(db)
            for case in cases:
                tables.add(case)
                yield b""
            db.execute("COMMIT")
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


class _Tables:
    """The tables while they are filled; a type's own table is made when it first occurs."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._types = Types()
        self._names: dict[str, str] = {}
        for type, attributes in OBJECT_TYPES.items():
            db.execute("INSERT INTO object_map_type VALUES (?, ?)", (type, type))
            db.execute(_object_table(type, attributes))

    def add(self, case: ToldCase) -> None:
        for event in events_of(case):
            self._add_event(event)
        for each in objects_of(case):
            self._add_object(each)

    def _add_event(self, event: Event) -> None:
        table = self._table_for(event)
        execute = self._db.execute
        execute("INSERT INTO event VALUES (?, ?)", (event.id, event.type))
        columns = ", ".join(map(_quoted, ("ocel_id", "ocel_time", *event.attributes)))
        marks = ", ".join("?" * (len(event.attributes) + 2))
        values = (event.id, event.time, *event.attributes.values())
        execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
        rows = [(event.id, id, qualifier) for id, qualifier in event.objects]
        self._db.executemany("INSERT INTO event_object VALUES (?, ?, ?)", rows)

    def _table_for(self, event: Event) -> str:
        is_new = event.type not in self._names
        new = self._types.see(event)
        if is_new:
            name = _table_name(event.type, set(self._names.values()))
            self._names[event.type] = name
            self._db.execute("INSERT INTO event_map_type VALUES (?, ?)", (event.type, name))
        table = _quoted(f"event_{self._names[event.type]}")
        if is_new:
            columns = "ocel_id TEXT PRIMARY KEY REFERENCES event (ocel_id), ocel_time TIMESTAMP"
            attributes = "".join(f", {_quoted(each)} TEXT" for each in new)
            self._db.execute(f"CREATE TABLE {table} ({columns}{attributes})")
            return table
        for attribute in new:
            self._db.execute(f"ALTER TABLE {table} ADD COLUMN {_quoted(attribute)} TEXT")
        return table

    def _add_object(self, each: Object) -> None:
        found = self._db.execute(
            "INSERT OR IGNORE INTO object VALUES (?, ?)", (each.id, each.type)
        )
        if not found.rowcount:
            return
        table = _quoted(f"object_{each.type}")
        columns = OBJECT_TYPES[each.type]
        always = {a.name: a.value for a in each.attributes if a.time == ALWAYS}
        marks = ", ".join("?" * (len(columns) + 3))
        insert = f"INSERT INTO {table} VALUES ({marks})"
        row = (each.id, *map(always.get, columns), ALWAYS, None)
        self._db.execute(insert, row)
        for name, value, time in each.attributes:
            if time != ALWAYS:
                changed = [value if column == name else None for column in columns]
                self._db.execute(insert, (each.id, *changed, time, name))
        rows = [(each.id, id, qualifier) for id, qualifier in each.objects]
        self._db.executemany("INSERT INTO object_object VALUES (?, ?, ?)", rows)


def _created(path: Path) -> sqlite3.Connection:
    # Each piece may be asked for by another thread, one after the other.
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.executescript(_SCHEMA)
    return db


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise ExportFailed("the temporary folder cannot hold the export; make room") from error


def _object_table(type: str, attributes: tuple[str, ...]) -> str:
    columns = "".join(f"{_quoted(name)} TEXT, " for name in attributes)
    return (
        f"CREATE TABLE {_quoted(f'object_{type}')} (ocel_id TEXT REFERENCES object (ocel_id),"
        f" {columns}ocel_time TIMESTAMP, ocel_changed_field TEXT)"
    )


def _table_name(type: str, taken: set[str]) -> str:
    """Return a name that no other type has, which SQLite does not tell apart by case."""
    words = "".join(c if c.isalnum() else " " for c in type).split()
    name = "".join(word[:1].upper() + word[1:] for word in words) or "Event"
    known = {each.casefold() for each in taken}
    found, number = name, 1
    while found.casefold() in known:
        number += 1
        found = f"{name}{number}"
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
