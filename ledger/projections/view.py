"""A view: a SQLite file, and a function from entries to rows.

Rows and the position they reach are committed together, so a view is always
exactly the fold of a prefix of the log. The file behind a view's name is
swapped whole: a rebuild writes another while the old one serves.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from cose import cbor
from ledger.entry import Entry
from ledger.locking import held
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


class ViewFile:
    """The file that holds a view, found through a link that a rebuild replaces."""

    def __init__(self, folder: Path, view: View) -> None:
        self.view = view
        self.link = folder / f"{view.name}.sqlite"
        self._lock = self.link.with_suffix(".lock")
        self._db: Database | None = None
        self._opened: tuple[Path, int] | None = None

    def database(self) -> Database:
        """Return the writer's connection, following the link if it was swapped."""
        path = self._current()
        if self._db is None or _which(path) != self._opened:
            self.close()
            self._db, self._opened = open_view(path, self.view), _which(path)
        return self._db

    @contextmanager
    def replacing(self) -> Iterator[Path]:
        """Give the path of a new file to fill, and swap it in once that is done.

        What a rebuild that was killed left behind is removed, so there is only
        one of a view at a time: raises `HomeBusy` beside another.
        """
        with held(self._lock, self._busy, seconds=_MOMENT):
            for left in self.link.parent.glob(f"{self.view.name}.*.sqlite"):
                if left.resolve() != self.link.resolve():
                    remove(left)
            path = self.replacement()
            yield path
            self.swap(path)

    def replacement(self) -> Path:
        """Return the path of a new file to rebuild into."""
        number = 1
        while (path := self.link.with_name(f"{self.view.name}.{number}.sqlite")).exists():
            number += 1
        return path

    def swap(self, path: Path) -> None:
        """Let the link name `path` from now on, and drop the file it named before."""
        old = self.link.resolve() if self.link.is_symlink() else None
        fresh = self.link.with_suffix(".link")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(path.name)
        fresh.replace(self.link)
        if old is not None and old != path.resolve():
            remove(old)

    def close(self) -> None:
        """Close the writer's connection."""
        if self._db is not None:
            self._db.close()
            self._db = self._opened = None

    def _current(self) -> Path:
        found = self._found()
        if found is not None:
            return found
        self.link.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Nobody else makes a first file meanwhile, and it is not taken for a left one.
        with held(self._lock, self._busy, seconds=_FIRST_FILE):
            found = self._found()
            if found is None:
                found = self.replacement()
                open_view(found, self.view).close()
                self.swap(found)
        return found

    @property
    def _busy(self) -> str:
        return f"another process is rebuilding {self.view.name}; wait until it has"

    def _found(self) -> Path | None:
        if not self.link.exists():
            return None
        path = self.link.resolve()
        return path if _which(path) == self._opened or is_of(path, self.view) else None


_MOMENT, _FIRST_FILE = 2.0, 600.0


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


def apply(db: Database, view: View, entries: Sequence[Entry], folds: Folds) -> None:
    """Commit the rows of `entries` and the position they reach, or neither."""
    with db.atomic():
        view.apply(db, entries, folds)
        db.execute("UPDATE reached SET position = ?", (entries[-1].position,))


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
        db = read_only(path)
        row = db.execute("SELECT version FROM reached WHERE view = ?", (view.name,)).fetchone()
        db.close()
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


def _which(path: Path) -> tuple[Path, int]:
    # A name is given again after two rebuilds; while a file is open its number is not.
    return path, path.stat().st_ino
