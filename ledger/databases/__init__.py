"""Where the log's tables are kept: SQLite for one machine, PostgreSQL for several servers."""

from pathlib import Path

from ledger.databases.port import Database, Session
from ledger.databases.schema import TABLES

__all__ = [
    "TABLES",
    "Database",
    "Session",
    "has_begun",
    "is_readable",
    "is_shared",
    "open_database",
]


def is_shared(where: str) -> bool:
    """Tell whether `where` is a database that several servers may write to."""
    return where.startswith(("postgresql://", "postgres://"))


def is_readable(uri: str) -> bool:
    """Tell whether a `postgresql://` URI says where to connect, and no part went astray."""
    from ledger.databases.postgresql import can_be_read

    return can_be_read(uri)


def has_begun(where: str) -> bool:
    """Tell whether a log was begun at `where`, without making anything.

    Raises `HomeUnusable` where a server cannot be asked.
    """
    if is_shared(where):
        from ledger.databases.postgresql import holds_log

        return holds_log(where)
    return Path(where).exists()


def open_database(where: str) -> Database:
    """Open the database at a path, an SQLite URI, or a `postgresql://` one.

    Its tables are made if they are not there. Raises `HomeUnusable` where it is
    no log, or what is committed there would not be durable.
    """
    if is_shared(where):
        from ledger.databases.postgresql import PostgresDatabase

        return PostgresDatabase(where)
    from ledger.databases.sqlite import SqliteDatabase

    return SqliteDatabase(where)
