"""One run on PostgreSQL: one or two servers share the log, and the database is killed too.

Whoever is killed, the other goes on: a server waits until the database is back,
and the database until a server that comes back asks.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import sleep

from tests.torture.driver import Survived, numbered
from tests.torture.inspection import Found, inspect, look_at_everything
from tests.torture.nursery import Nursery
from tests.torture.plan import Life, lives
from tests.torture.postgres import Postgres
from tests.torture.store import Store

_LOST = 0.4
_GOES_ON = 0.7
_SLOWER = 2
"""A server takes longer to start than a file to open."""


def run_shared(seed: int, folder: Path, nursery: Nursery, postgres: Postgres) -> Survived:
    """Torture a new log in a new database; raises `AssertionError` that names the seed."""
    random = Random(f"shared {seed}")
    with postgres.database() as database:
        stores = stores_of_servers(folder, random.choice([1, 2]), database)
        survived, before = Survived(), 0
        for life in lives(seed):
            lived = [numbered(life, 2 * life.number + n) for n in range(len(stores))]
            killed = postgres if random.random() < _LOST else None
            try:
                _live(stores, lived, folder / "acknowledged", nursery, killed)
                found = inspect_shared(stores, lived, folder / "acknowledged")
            except Exception as error:
                place = f"seed {seed} on PostgreSQL, kill {life.number + 1}"
                raise AssertionError(f"{place}: {type(error).__name__}: {error}") from error
            survived += Survived(
                kills=len(lived) + (killed is not None),
                entries=found.entries - before,
                acknowledged=found.acknowledged,
                unanswered=found.unanswered,
            )
            before = found.entries
        return survived


def inspect_shared(stores: Sequence[Store], lived: Sequence[Life], answers: Path) -> Found:
    """Inspect the log from the first server, and the views of each."""
    found = inspect(stores[0], lived, answers)
    for store in stores[1:]:
        with store.opened() as ledger:
            look_at_everything(ledger, store)
    return found


def stores_of_servers(folder: Path, count: int, database: str) -> list[Store]:
    """Homes of servers that share a log and the subjects' keys; they have one master key."""
    stores = [
        Store(folder=folder / f"server-{number}", database=database, keys=database)
        for number in range(count)
    ]
    first = stores[0].home()
    for store in stores[1:]:
        shutil.copytree(first.keys, store.folder / "keys")
    return stores


def _live(
    stores: Sequence[Store],
    lived: Sequence[Life],
    answers: Path,
    nursery: Nursery,
    postgres: Postgres | None,
) -> None:
    """Let servers work, and kill them all; the database first, if it is given."""
    processes = [
        nursery.start(store, life, answers) for store, life in zip(stores, lived, strict=True)
    ]
    sleep(lived[0].seconds * _SLOWER)
    if postgres is not None:
        postgres.kill()
        postgres.start()
        sleep(_GOES_ON)
    for process in processes:
        nursery.kill(process)
