"""Where wrapped keys lie when several servers share them: a PostgreSQL database of its own.

Overwriting a row there leaves the old one behind: in the page until it is
vacuumed and written over, in the write-ahead log and its archive until they are
recycled. Only wrapped keys ever reach it, so rotating the master key, and
destroying the old one, is what makes those remains worthless.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from ledger.errors import HomeUnusable, Unavailable
from ledger.stores.key_table import ERASED, Add, Numbered, Rewrap, Row

_PATIENCE = 10.0


class SharedKeyTable:
    """The table in the database that `uri` names; a connection that was lost is made again."""

    name = "the shared key store"

    def __init__(self, uri: str, *, patience: float = _PATIENCE) -> None:
        """Open the database, and make its tables; raises `HomeUnusable` where it cannot."""
        self._pool = ConnectionPool(
            uri,
            min_size=1,
            max_size=4,
            open=False,
            timeout=patience,
            check=ConnectionPool.check_connection,
            configure=_durable,
        )
        try:
            self._pool.open(wait=True, timeout=patience)
            with self._pool.connection() as connection:
                # Of two first starts at once, the second waits for the first.
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SETTING_UP,))
                connection.execute(_SCHEMA)
        except (psycopg.Error, PoolTimeout) as error:
            self._pool.close()
            raise HomeUnusable(
                f"{self.name} cannot be reached; look at TONGBAN_KEYS: {type(error).__name__}"
            ) from error

    def begin(self, mark: bytes) -> None:
        """Note the mark of the first master key, unless one is noted already."""
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO master_key VALUES (1, %s) ON CONFLICT DO NOTHING", (mark,)
            )

    def mark(self) -> bytes | None:
        """Return the mark of the master key now in force, if one was noted."""
        rows = self._read("SELECT mark FROM master_key")
        return rows[0][0] if rows else None

    def after(self, number: int, limit: int) -> list[Numbered]:
        """Return up to `limit` rows beyond that of `number`, erased or not, in their order."""
        return self._read(_AFTER, number, limit)

    def select(self, subjects: Collection[str]) -> list[Row]:
        """Return the rows of those of `subjects` that have one."""
        return self._read(_THESE, list(subjects))

    @contextmanager
    def adding(self) -> Iterator[tuple[bytes, Add]]:
        """Give the mark in force and what adds rows under it, durable when the block ends."""
        with self._connection() as connection, connection.cursor() as cursor:
            # The master key is not exchanged while somebody adds what it wraps.
            found = cursor.execute("SELECT mark FROM master_key FOR SHARE").fetchone()
            mark: bytes = found[0] if found else b""
            yield mark, lambda rows: cursor.executemany(_ADD, rows)

    def rewrap(self, rewrapped: Rewrap, mark: bytes) -> None:
        """Put every key that was not erased under the master key of `mark`, all or none."""
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT mark FROM master_key FOR UPDATE")
            rows = cursor.execute(f"{_ALL} FOR UPDATE", (ERASED,)).fetchall()
            cursor.executemany(
                "UPDATE subject_keys SET wrapped = %s WHERE subject = %s",
                ((rewrapped(*row), row[0]) for row in rows),
            )
            cursor.execute("UPDATE master_key SET mark = %s", (mark,))
        self._vacuum()

    def erase(self, subject: str) -> None:
        """Overwrite the subject's key with zeros in the row there is."""
        with self._connection() as connection:
            connection.execute(_ERASE, (subject, ERASED))
        self._vacuum()

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.close()

    def _vacuum(self) -> None:
        with self._connection() as connection:
            connection.autocommit = True
            try:
                connection.execute("VACUUM subject_keys")
            finally:
                connection.autocommit = False

    def _read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.Error, PoolTimeout) as error:
            raise Unavailable(f"{self.name} cannot be used now") from error


def _durable(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    # Not left to the server's settings.
    connection.execute("SET synchronous_commit = on")
    connection.execute("SET client_min_messages = warning")
    connection.commit()


_SETTING_UP = 0x70C7_BA11
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS subject_keys (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        subject TEXT NOT NULL UNIQUE,
        wrapped BYTEA NOT NULL CHECK (octet_length(wrapped) = 74)
    );
    CREATE TABLE IF NOT EXISTS master_key (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        mark BYTEA NOT NULL
    );
"""
_ALL = "SELECT subject, wrapped FROM subject_keys WHERE wrapped <> %s"
_AFTER = "SELECT id, subject, wrapped FROM subject_keys WHERE id > %s ORDER BY id LIMIT %s"
_THESE = "SELECT subject, wrapped FROM subject_keys WHERE subject = ANY(%s)"
_ADD = "INSERT INTO subject_keys (subject, wrapped) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_ERASE = """
    INSERT INTO subject_keys (subject, wrapped) VALUES (%s, %s)
    ON CONFLICT (subject) DO UPDATE SET wrapped = excluded.wrapped
"""
