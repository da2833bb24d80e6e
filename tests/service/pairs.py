"""Two servers of one log, each on a home of its own, at one PostgreSQL."""

import shutil
from contextlib import asynccontextmanager
from itertools import count

import psycopg

from tests.service.running import running

_NUMBERS = count(1)


@asynccontextmanager
async def two_servers(tmp_path, postgres_database, postgres_server, **settings):
    name = f"pair_keys_{next(_NUMBERS)}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    shared = {
        "database": postgres_database,
        "keys": postgres_server.get_uri(name),
        "materials": tmp_path / "shared",
        **settings,
    }
    shared["materials"].mkdir()
    async with running(tmp_path / "one", **shared) as one:
        shutil.copytree(tmp_path / "one" / "keys", tmp_path / "two" / "keys")
        async with running(tmp_path / "two", **shared) as two:
            yield one, two
