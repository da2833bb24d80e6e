"""A view: a SQLite file, and a function from entries to rows.

Rows and the position they reach are committed together, so a view is always
exactly the fold of a prefix of the log, without what it lists as set aside.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from cose import cbor
from ledger.entry import Entry
from ledger.errors import ViewBehind
from ledger.projections import quarantine
from ledger.projections.folds import Folds


class View(Protocol):
    """What a projection is made of; `version` changes whenever its rows would."""

    @property
    def name(self) -> str:
        """The name of the view and of its file."""

    @property
    def version(self) -> int:
        """The version of its rows."""

    @property
    def tables(self) -> Sequence[str]:
        """Its tables, in the order they are digested."""

    @property
    def personal(self) -> bool:
        """Whether it holds personal text, opened: an erasure makes it anew."""

    def create(self, db: Database) -> None:
        """Create the view's tables in an empty database."""

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write the rows that `entries`, the next of the log, bring about."""


def open_view(path: Path, view: View) -> Database:
    """Open or create the file of a view, for its one writer."""
    db = Database(sqlite3.connect(path, check_same_thread=False, isolation_level=None))
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    if "reached" not in db.table_names():
        prepare(db, view)
    return db


def prepare(db: Database, view: View) -> None:
    """Make the empty tables of `view`, at position 0."""
    with db.atomic():
        view.create(db)
        db.table("reached").create({"view": str, "version": int, "position": int}, pk="view")
        db.table("reached").insert({"view": view.name, "version": view.version, "position": 0})
        quarantine.prepare(db)


def apply(db: Database, view: View, entries: Sequence[Entry], folds: Folds) -> None:
    """Commit the rows of `entries` and the position they reach, or neither."""
    with db.atomic():
        view.apply(db, entries, folds)
        move_to(db, entries[-1].position)


def move_to(db: Database, position: int) -> None:
    """Say that the rows reach `position`, in the transaction that brings them there."""
    db.execute("UPDATE reached SET position = ?", (position,))


def read_only(link: Path) -> Database:
    """Open what `link` names for reading; several readers do not disturb the writer."""
    while True:
        path = link.resolve()
        try:
            db = _opened(path)
        except sqlite3.OperationalError:
            if link.resolve() == path:
                raise
        else:
            if link.resolve() == path:
                return db
            db.close()


def view_in(folder: Path, name: str) -> Database:
    """Open a view to show what is in it; raises `ViewBehind` where nothing is yet.

    Every log has a first entry, so a view that reaches none is being made anew.
    """
    behind = ViewBehind(f"{name} is being made anew; try again")
    try:
        db = read_only(folder / f"{name}.sqlite")
        if position(db):
            return db
    except sqlite3.OperationalError as error:
        raise behind from error
    db.close()
    raise behind


def position(db: Database) -> int:
    """Return how far the rows of `db` reach in the log."""
    return int(db.execute("SELECT position FROM reached").fetchone()[0])


def content_digest(db: Database, view: View) -> str:
    """SHA-256 over every row of the view in key order; equal folds have equal digests."""
    digest = sha256()
    for table in view.tables:
        keys = ", ".join(db.table(table).pks)
        for row in db.execute(f"SELECT * FROM {table} ORDER BY {keys}"):
            digest.update(cbor.encode([table, *row]))
    return digest.hexdigest()


def is_of(path: Path, view: View) -> bool:
    """Tell whether the file at `path` was made by this version of `view`."""
    try:
        with closing(read_only(path)) as db:
            version = "SELECT version FROM reached WHERE view = ?"
            row = db.execute(version, (view.name,)).fetchone()
            quarantine.count(db)
    except sqlite3.Error:
        return False
    return row is not None and row[0] == view.version


def remove(path: Path) -> None:
    """Remove a view's file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _opened(path: Path) -> Database:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        # SQLite opens what lies beside the file at the first read. After that the
        # names may go: a swap that comes now is of no matter to this connection.
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return Database(connection)
