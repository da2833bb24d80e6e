"""Copying what a home holds: rows as rows, files as files, each with its digest.

The log is copied in one transaction that reads, so what is copied is the log at
one moment, however long it takes and whoever writes; no database needs tools of
its own for that, and a log of one kind can be brought back as the other.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from ledger.databases import TABLES, Database, Session
from ledger.databases.port import Row
from ledger.databases.schema import KEYS
from ledger.errors import HomeUnusable, Unavailable
from ledger.finding import Watch
from ledger.keeping.errors import BackupRefused
from ledger.keeping.manifest import KeptFile
from ledger.stores import KeyTable

_PAGE = 500
_BLOCK = 1 << 20
_FIRST = -(1 << 63)
_BESIDE = ("-wal", "-shm", ".lock", ".part", ".next.part")
"""What lies beside a file while it is written."""


def copy_log(source: Database, target: Database, watch: Watch) -> None:
    """Copy every row of a log, as of one moment, into one that holds none, or nothing."""
    with source.reading() as old, target.writing() as new:
        if new.rows("SELECT 1 FROM stored_events LIMIT 1"):
            raise HomeUnusable("there is a log there already; name a database without one")
        [(last,)] = old.rows("SELECT coalesce(max(rowid), 0) FROM stored_events")
        for table in TABLES:
            for rows in _pages(old, table):
                marks = ", ".join("?" * len(rows[0]))
                new.insert(f"INSERT INTO {table} VALUES ({marks})", rows)
                if table == TABLES[0]:
                    watch("log", rows[-1][0], last)


def copy_keys(source: KeyTable, target: KeyTable, watch: Watch) -> None:
    """Copy every subject's wrapped key, or the zeros in its place, into an empty table.

    Raises `Unavailable` where the master key was exchanged meanwhile.
    """
    mark = source.mark()
    if target.mark() is not None:
        raise HomeUnusable("there are keys already; name a database without any")
    if mark is not None:
        target.begin(mark)
    number, done = _FIRST, 0
    while rows := source.after(number, _PAGE):
        with target.adding() as (_, add):
            add([(subject, wrapped) for _, subject, wrapped in rows])
        number, done = rows[-1][0], done + len(rows)
        watch("keys", done, done)
    if source.mark() != mark:
        raise Unavailable("the master key was exchanged meanwhile; make the backup again")


def copy_file(source: Path, target: Path, path: str) -> KeptFile:
    """Copy a file durably, with its time, and return what it is called in a list."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size, flags = sha256(), 0, os.O_WRONLY | os.O_CREAT | os.O_EXCL
    # The old one first: where it is gone, there is no new one.
    with source.open("rb") as old, os.fdopen(os.open(target, flags, 0o600), "wb") as new:
        made = os.fstat(old.fileno()).st_mtime_ns
        while block := old.read(_BLOCK):
            new.write(block)
            digest.update(block)
            size += len(block)
        new.flush()
        os.fsync(new.fileno())
    os.utime(target, ns=(made, made))
    return KeptFile(path=path, size=size, made=made, digest=digest.hexdigest())


def copy_database(source: Path, target: Path) -> None:
    """Copy an SQLite file as it is at one moment, also while another writes to it."""
    uri = f"{source.resolve().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(uri, uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def kept(target: Path, path: str) -> KeptFile:
    """Return what a file that was written into a backup is called in its list."""
    with target.open("rb") as file:
        digest = sha256()
        while block := file.read(_BLOCK):
            digest.update(block)
        os.fsync(file.fileno())
        found = os.fstat(file.fileno())
    return KeptFile(
        path=path, size=found.st_size, made=found.st_mtime_ns, digest=digest.hexdigest()
    )


def copy_again(
    source: Path, target: Path, path: str, base: Path | None, before: Mapping[str, KeptFile]
) -> KeptFile:
    """Copy a file, or link to its copy in the backup `base` where that is still the same.

    A copy there is relied on as far as it is what that backup's list says it was.
    """
    known, found = before.get(path), source.stat()
    if base is not None and known is not None:
        old = base / path
        same = (known.size, known.made) == (found.st_size, found.st_mtime_ns)
        if same and old.is_file() and kept(old, path).digest == known.digest:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                os.link(old, target)
            except OSError:
                # Another disk, or one without links.
                return copy_file(source, target, path)
            return known
    return copy_file(source, target, path)


def files_in(folder: Path, leave_out: Callable[[str], bool]) -> Iterator[tuple[str, Path]]:
    """Yield every whole file below `folder`, with its path there, in the order of the paths."""
    for root, folders, names in os.walk(folder):
        where = Path(root)
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            path = (where / name).relative_to(folder).as_posix()
            if not name.startswith(".") and not name.endswith(_BESIDE) and not leave_out(path):
                if "\n" in path:
                    raise BackupRefused("a file's name holds a line break")
                yield path, where / name


def _pages(session: Session, table: str) -> Iterator[list[Row]]:
    key = KEYS[table][0]
    columns, marks = ", ".join(key), ", ".join("?" * len(key))
    sql = (
        f"SELECT * FROM {table} WHERE ({columns}) > ({marks}) ORDER BY {columns} LIMIT {_PAGE}"
    )
    last: list[object] = [-1] * len(key)
    while rows := session.rows(sql, last):
        yield rows
        last = list(rows[-1][: len(key)])
