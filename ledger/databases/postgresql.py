"""The log in PostgreSQL, for several servers: one writes at a time, all may read.

A writer holds an advisory lock until its transaction ends, so positions have no
gaps and no two trees can grow from one head. A server that stalls while it
holds the lock loses its transaction, and the lock with it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from time import sleep
from typing import LiteralString

import psycopg
from eventsourcing.persistence import IntegrityError, PersistenceError
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from ledger.databases.errors import CannotReach, CannotRead
from ledger.databases.port import Row
from ledger.databases.schema import TABLES, schema
from ledger.errors import HomeUnusable

_HOST = re.compile(r"[A-Za-z0-9_.:%-]*|/.*")
_PORTS = re.compile(r"[0-9,]*")
_READERS = 8
_PATIENCE = 15.0
_READING_PATIENCE = 4.0
_CHANNEL = "tongban_log"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('tongban log'))"
_SETTINGS = (
    "SET synchronous_commit = on",
    f"SET lock_timeout = '{_PATIENCE:.0f}s'",
    f"SET idle_in_transaction_session_timeout = '{2 * _PATIENCE:.0f}s'",
)
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


class PostgresDatabase:
    """Implements `Database` for the database named by a `postgresql://` URI."""

    is_shared = True

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._writing = Lock()
        self._writer: psycopg.Connection[Row] | None = None
        self._listener: psycopg.Connection[Row] | None = None
        self._pool = ConnectionPool(
            uri,
            min_size=0,
            max_size=_READERS,
            timeout=_READING_PATIENCE,
            check=ConnectionPool.check_connection,
            configure=_for_reading,
            open=True,
        )
        try:
            with self.writing() as session:
                [(made,)] = session.rows("SELECT to_regclass('stored_events') IS NOT NULL")
                self._unguarded = _unguarded(session) if made else set()
                for statement in (*schema(integer="BIGINT", bytes="BYTEA"), *_refusals()):
                    session.rows(statement)
        except PersistenceError as error:
            self.close()
            raise HomeUnusable(f"the log cannot be opened: {_brief(error)}") from error

    @contextmanager
    def reading(self) -> Iterator["PostgresSession"]:
        """Give a view of one moment, on a connection that others use in turn."""
        with translated(), self._pool.connection() as connection:
            yield PostgresSession(connection)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return every row that one query answers."""
        with self.reading() as session:
            return session.rows(sql, values)

    @contextmanager
    def writing(self) -> Iterator["PostgresSession"]:
        """Give the connection that writes, once no other server does."""
        with self._writing, translated():
            connection = self._locked()
            try:
                session = PostgresSession(connection)
                yield session
                if session.has_inserted:
                    connection.execute(f"NOTIFY {_CHANNEL}")
                connection.commit()
            except BaseException:
                # Whether a commit whose answer was lost took place is for the next to find out.
                connection.close()
                self._writer = None
                raise

    def wait(self, seconds: float) -> None:
        """Wait for a server to say that it wrote; one that cannot listen sleeps."""
        try:
            if self._listener is None:
                self._listener = psycopg.connect(self._uri, autocommit=True)
                self._listener.execute(f"LISTEN {_CHANNEL}")
                return
            for _ in self._listener.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.Error:
            self._stop_listening()
            sleep(seconds)

    def wake(self) -> None:
        """Let whoever waits go on at once, in every server: they look and find nothing."""
        with suppress(psycopg.Error, PoolTimeout), self._pool.connection() as connection:
            connection.execute(f"NOTIFY {_CHANNEL}")

    def unguarded(self) -> set[str]:
        """Return the names of triggers that are wrong, or were when this was opened."""
        with self.reading() as session:
            return self._unguarded | _unguarded(session)

    def durability(self) -> str:
        """Say how durably it commits, in its own words."""
        return f"synchronous_commit {_DURABLE['synchronous_commit']}"

    def close(self) -> None:
        """Close every connection."""
        with self._writing:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self._stop_listening()
        self._pool.close()

    def _locked(self) -> "psycopg.Connection[Row]":
        connection = self._connection()
        try:
            connection.execute(_LOCK)
        except psycopg.OperationalError:
            if not connection.broken:
                connection.close()
                raise
            # Cut while nobody used it, as where the database was started again.
            connection = self._connection()
            connection.execute(_LOCK)
        return connection

    def _connection(self) -> "psycopg.Connection[Row]":
        if self._writer is None or self._writer.closed:
            connection = psycopg.connect(self._uri, connect_timeout=int(_PATIENCE))
            for setting in _SETTINGS:
                connection.execute(setting)
            for name, wanted in _DURABLE.items():
                [is_set] = connection.execute(f"SHOW {name}").fetchone() or [""]
                if is_set != wanted:
                    connection.close()
                    raise HomeUnusable(f"the log is not durable: {name} is {is_set}")
            connection.commit()
            self._writer = connection
        return self._writer

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None


def can_be_read(uri: str) -> bool:
    """Tell whether PostgreSQL reads hosts and ports in `uri`, and nothing else as those."""
    try:
        told = conninfo_to_dict(uri)
    except psycopg.ProgrammingError:
        return False
    hosts, ports = (str(told.get(name) or "") for name in ("host", "port"))
    return all(map(_HOST.fullmatch, hosts.split(","))) and bool(_PORTS.fullmatch(ports))


def holds_log(uri: str) -> bool:
    """Tell whether there is a log with an entry; raises `HomeUnusable` if nobody answers."""
    try:
        with psycopg.connect(uri, connect_timeout=int(_PATIENCE)) as connection:
            found = connection.execute("SELECT to_regclass('stored_events')").fetchone()
            if found is None or found[0] is None:
                return False
            return connection.execute("SELECT 1 FROM stored_events").fetchone() is not None
    except psycopg.Error as error:
        raise HomeUnusable(f"the log's database cannot be reached: {_brief(error)}") from error


class PostgresSession:
    """Implements `Session` on one connection."""

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        self.has_inserted = False
        self._connection = connection

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return every row that a query answers."""
        cursor = self._connection.execute(_marked(sql), values or None)
        return cursor.fetchall() if cursor.description else []

    def insert(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert `rows` by COPY, which asks the server once for all of them."""
        self.has_inserted = True
        table = sql.removeprefix("INSERT INTO ").partition(" VALUES")[0]
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table} FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what PostgreSQL refuses as the errors that the library names."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise IntegrityError(_brief(error)) from error
    except (psycopg.DataError, psycopg.ProgrammingError, psycopg.errors.DataCorrupted) as error:
        raise CannotRead(f"the log is damaged: {_brief(error)}") from error
    except (psycopg.Error, PoolTimeout, PoolClosed) as error:
        raise CannotReach("the log cannot be used now") from error


def _for_reading(connection: "psycopg.Connection[Row]") -> None:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ


def _brief(error: Exception) -> str:
    """The first line: what follows may quote a row."""
    return str(error).partition("\n")[0]


def _marked(sql: str) -> LiteralString:
    return sql.replace("?", "%s")


def _unguarded(session: PostgresSession) -> set[str]:
    """Return the names of triggers that are missing, disabled, changed, or none of ours."""
    found = {row[0]: row[1:] for row in session.rows(_TRIGGERS)}
    wanted = {f"{table}_refuse": (table, _AS_MADE, True, "O", _REFUSE) for table in TABLES}
    names = found.keys() | wanted.keys()
    return {str(name) for name in names if found.get(name) != wanted.get(name)}


def _refusals() -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION tongban_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $${_REFUSE}$$"
    )
    for table in TABLES:
        yield (
            f"CREATE OR REPLACE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION tongban_refuse()"
        )


_REFUSE = (
    " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME"
    " USING ERRCODE = 'integrity_constraint_violation'; END "
)
_AS_MADE = 2 + 8 + 16 + 32
"""As `pg_trigger.tgtype` has it: before a statement, of DELETE, UPDATE and TRUNCATE."""
_TRIGGERS = """
    SELECT t.tgname, c.relname, t.tgtype::int, t.tgqual IS NULL, t.tgenabled::text, p.prosrc
    FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND t.tgrelid IN (
        to_regclass('stored_events'), to_regclass('merkle_leaves'),
        to_regclass('tile_roots'), to_regclass('once_keys'))
"""
