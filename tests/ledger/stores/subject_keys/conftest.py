"""Stores of subject keys on each kind of table."""

from contextlib import closing

import pytest

from ledger.stores import FileKeyTable, KeyTable, SharedKeyTable, SubjectKeyStore
from tests.ledger.fakes import Dice, FakeSubjectKeys
from tests.ledger.stores.subject_keys.tables import MASTER, in_file


@pytest.fixture
def path(tmp_path):
    return tmp_path / "subject-keys.sqlite"


@pytest.fixture
def dice():
    return Dice()


@pytest.fixture
def store(path, dice):
    with closing(in_file(path, dice=dice)) as store:
        yield store


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def again(request, path):
    """Opens a store on one table, as often as asked."""
    made = []

    def again(*masters, dice=None):
        table: KeyTable = FileKeyTable(path)
        if request.param == "PostgreSQL":
            table = SharedKeyTable(request.getfixturevalue("postgres_database"))
        made.append(SubjectKeyStore(table, masters or [MASTER], dice or Dice()))
        return made[-1]

    yield again
    for store in made:
        store.close()


@pytest.fixture(params=["memory", "SQLite", "PostgreSQL"])
def keys(request):
    if request.param == "memory":
        yield FakeSubjectKeys()
    elif request.param == "SQLite":
        yield request.getfixturevalue("store")
    else:
        table = SharedKeyTable(request.getfixturevalue("postgres_database"))
        with closing(SubjectKeyStore(table, [MASTER], Dice())) as store:
            yield store
