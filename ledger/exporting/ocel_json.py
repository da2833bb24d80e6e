"""OCEL 2.0 in JSON (ocel-standard.org), against the schema its authors publish.

Events go out as they are read. Objects wait in a temporary database of SQLite's, as
cases share them, and types stand last, when all of them are known: memory stays small,
and nothing is read twice.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import msgspec

from ledger.exporting.errors import ExportFailed
from ledger.exporting.events import events_of
from ledger.exporting.model import OBJECT_TYPES, Event, Object
from ledger.exporting.objects import objects_of
from ledger.exporting.selecting import ToldCase
from ledger.exporting.types import Types, kind_of

MEDIA_TYPE = "application/json"

_SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA cache_size = -8192;
    CREATE TABLE objects (id TEXT PRIMARY KEY, told BLOB);
    BEGIN;
"""
_encode = msgspec.json.encode


def write_ocel_json(cases: Iterable[ToldCase]) -> Iterator[bytes]:
    """Yield the file, a case at a time; raises `ExportFailed` where objects find no room."""
    types, comma = Types(), b"\n"
    with closing(sqlite3.connect("", isolation_level=None, check_same_thread=False)) as spool:
        spool.executescript(_SCHEMA)
        yield b'{"events":['
        for case in cases:
            piece = bytearray()
            for event in events_of(case):
                types.see(event)
                piece += comma + _encode(_event(event))
                comma = b",\n"
            _keep(spool, case)
            yield bytes(piece)
        yield b'\n],"objects":['
        comma = b"\n"
        for (told,) in spool.execute("SELECT told FROM objects ORDER BY rowid"):
            yield comma + told
            comma = b",\n"
        yield b'\n],"eventTypes":' + _encode([*map(_type, types.events())])
        yield b',"objectTypes":' + _encode([*map(_type, OBJECT_TYPES.items())]) + b"}\n"


def _keep(spool: sqlite3.Connection, case: ToldCase) -> None:
    rows = [(each.id, _encode(_object(each))) for each in objects_of(case)]
    try:
        spool.executemany("INSERT OR IGNORE INTO objects VALUES (?, ?)", rows)
    except sqlite3.OperationalError as error:
        raise ExportFailed("the temporary folder cannot hold the objects; make room") from error


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "time": event.time,
        "attributes": [{"name": n, "value": v} for n, v in event.attributes.items()],
        "relationships": _links(event),
    }


def _object(each: Object) -> dict[str, Any]:
    return {
        "id": each.id,
        "type": each.type,
        "attributes": [attribute._asdict() for attribute in each.attributes],
        "relationships": _links(each),
    }


def _links(told: Event | Object) -> list[dict[str, str]]:
    return [{"objectId": id, "qualifier": qualifier} for id, qualifier in told.objects]


def _type(told: tuple[str, Iterable[str]]) -> dict[str, Any]:
    name, attributes = told
    return {"name": name, "attributes": [{"name": n, "type": kind_of(n)} for n in attributes]}
