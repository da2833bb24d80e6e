"""The log in one SQLite file: a connection that writes, and as many as read at once.

`synchronous` is the build's default unless it is set; here it is set, and
looked at. A connection on which anything failed is not used again: what SQLite
still believes of a file whose fsync failed need not be what the file holds.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from threading import Event, RLock

from eventsourcing.persistence import IntegrityError, PersistenceError

from ledger.databases.errors import CannotReach, CannotRead
from ledger.databases.guards import make_guards, unguarded
from ledger.databases.port import Row
from ledger.databases.schema import schema
from ledger.errors import HomeUnusable

_PATIENCE = 15.0
_FULL = 2
_ROWS = 64
_STATEMENTS = 512


class SqliteDatabase:
    """Implements `Database`; one in memory has one connection for everything."""

    is_shared = False

    def __init__(self, path: str) -> None:
        self._path = path
        self._in_memory = path == ":memory:" or "mode=memory" in path
        self._writer: sqlite3.Connection | None = None
        self._writing = RLock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._woken = Event()
        try:
            with self.writing() as session:
                made = session.rows("SELECT 1 FROM sqlite_master WHERE name = 'stored_events'")
                self._unguarded = unguarded(session) if made else set()
                for statement in schema(integer="INTEGER", bytes="BLOB"):
                    session.rows(statement)
                make_guards(session)
        except PersistenceError as error:
            self.close()
            raise HomeUnusable(f"the log cannot be opened: {error.__cause__}") from error

    @contextmanager
    def reading(self) -> Iterator["SqliteSession"]:
        """Give a view of one moment, which a writer does not disturb."""
        if self._in_memory:
            with self._writing, translated():
                yield SqliteSession(self._connection())
            return
        with translated():
            connection = self._idle_or_new()
            try:
                connection.execute("BEGIN")
                yield SqliteSession(connection)
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return every row that one query answers: a view of one moment by itself."""
        if self._in_memory:
            with self.reading() as session:
                return session.rows(sql, values)
        with translated():
            connection = self._idle_or_new()
            try:
                found = connection.execute(sql, values).fetchall()
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)
            return found

    @contextmanager
    def writing(self) -> Iterator["SqliteSession"]:
        """Give the connection that writes; what it did is on the disk after the block."""
        with self._writing, translated():
            connection = self._connection()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield SqliteSession(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if not self._in_memory:
                    connection.close()
                    self._writer = None
                raise

    def wait(self, seconds: float) -> None:
        """Wait in vain: one process writes, and tells its own threads."""
        self._woken.wait(seconds)

    def wake(self) -> None:
        """Let whoever waits go on at once."""
        self._woken.set()

    def unguarded(self) -> set[str]:
        """Return the names of triggers that are wrong, or were when this was opened."""
        with self.reading() as session:
            return self._unguarded | unguarded(session)

    def durability(self) -> str:
        """Say how durably it commits, in its own words."""
        with self.reading() as session:
            [(synchronous,)] = session.rows("PRAGMA synchronous")
            [(journal,)] = session.rows("PRAGMA journal_mode")
        return f"{('OFF', 'NORMAL', 'FULL', 'EXTRA')[synchronous]} {journal}"

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._writing:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            with suppress(IndexError):
                while True:
                    self._idle.pop().close()

    def _idle_or_new(self) -> sqlite3.Connection:
        # Asked for, not looked at first: another thread may take the last one in between.
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connection(self) -> sqlite3.Connection:
        if self._writer is None:
            self._writer = self._connect()
        return self._writer

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise sqlite3.InterfaceError("the log is closed")
        connection = sqlite3.connect(
            self._path,
            uri=self._path.startswith("file:"),
            timeout=_PATIENCE,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
        )
        try:
            [journal] = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            connection.execute("PRAGMA synchronous = FULL")
            [synchronous] = connection.execute("PRAGMA synchronous").fetchone()
            if synchronous != _FULL or journal != ("memory" if self._in_memory else "wal"):
                raise HomeUnusable(f"the log is not durable: {synchronous=}, {journal=}")
        except BaseException:
            connection.close()
            raise
        return connection


class SqliteSession:
    """Implements `Session` on one connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return every row that a query answers."""
        return self._connection.execute(sql, values).fetchall()

    def insert(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert many of `rows` at a time: each step of a statement lets go of the interpreter.

        Where other threads want it too, getting it back takes longer than a row.
        """
        waiting = iter(rows)
        head, _, marks = sql.partition(" VALUES ")
        while some := list(islice(waiting, _ROWS)):
            statement = f"{head} VALUES {', '.join([marks] * len(some))}"
            self._connection.execute(statement, [value for row in some for value in row])


@contextmanager
def translated() -> Iterator[None]:
    """Raise what SQLite refuses as the errors that the library names."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IntegrityError(str(error)) from error
    except (
        sqlite3.OperationalError,
        sqlite3.InterfaceError,
        sqlite3.ProgrammingError,
    ) as error:
        raise CannotReach("the log cannot be used now") from error
    except sqlite3.Error as error:
        raise CannotRead(f"the log is damaged: {error}") from error
