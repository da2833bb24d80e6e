"""What servers share in PostgreSQL is kept as files, and goes back into empty databases."""

from contextlib import closing
from itertools import count

import psycopg
import pytest
from psycopg import sql

from ledger.home import Home
from ledger.keeping import BackupRefused, Shared, Source, back_up, restore
from ledger.log_keys import check_log_key
from ledger.opening import open_ledger
from tests.ledger.cases import FORM
from tests.ledger.fakes import Dice
from tests.ledger.keeping.homes import opening
from tests.ledger.ledgers import SetClock

_numbers = count(1)


@pytest.fixture
def databases(postgres_server):
    """Three empty schemas: for a log, for keys, and one that stays empty."""
    server, names = postgres_server.get_uri(), [f"keeping_{next(_numbers)}" for _ in range(3)]
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        yield [
            f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"
            for name in names
        ]
        for name in names:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))


def shared_ledger(folder, shared):
    home = Home(folder, Dice(), shared.database)
    return home, open_ledger(home, clock=SetClock(), random=Dice(), keys=shared.keys)


def test_a_log_goes_from_a_file_to_postgresql_and_back_as_the_same_log(
    tmp_path, kept, databases
):
    case_id = kept.submit("s-ann")
    shared = Shared(database=databases[0], keys=databases[1], materials=tmp_path / "shared")
    log, keys = kept.back_up()
    restore(log, keys, tmp_path / "server", opening=opening, random=Dice(), shared=shared)

    home, ledger = shared_ledger(tmp_path / "server", shared)
    with closing(ledger):
        check_log_key(home, ledger)
        ledger.published.catch_up()
        there = [getattr(entry.event, "form", None) for entry in ledger.entries(case_id)]
        source = Source(
            home=home, ledger=ledger, materials=tmp_path / "shared", keys=shared.keys
        )
        back_up(source, tmp_path / "again", tmp_path / "again-keys")
    done = restore(
        tmp_path / "again",
        tmp_path / "again-keys",
        tmp_path / "file",
        opening=opening,
        random=Dice(),
    )

    assert FORM in there
    assert not (tmp_path / "server" / "ledger.sqlite").exists()
    assert not (tmp_path / "server" / "keys" / "subjects.sqlite").exists()
    assert len(list((tmp_path / "shared").rglob("*/*"))) == 1
    assert done.manifest.root == kept.ledger.published.root(done.manifest.position)


def test_databases_that_hold_something_are_left_alone(tmp_path, kept, databases):
    other = Shared(database=databases[0], keys=databases[1])
    _, ledger = shared_ledger(tmp_path / "other", other)
    ledger.close()
    log, keys = kept.back_up()

    for shared in (Shared(database=databases[0]), Shared(keys=databases[1])):
        with pytest.raises(BackupRefused, match="already"):
            restore(log, keys, tmp_path / "new", opening=opening, random=Dice(), shared=shared)
    assert not (tmp_path / "new").exists()
