"""A log goes on from the head it signed, or says that it cannot."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from ledger.errors import LogDamaged
from ledger.home import Home
from ledger.opening import open_ledger
from ledger.transparency import leaf_hash, open_checkpoint, root_of
from tests.ledger.cases import NOON
from tests.ledger.examples import EXAMPLES
from tests.ledger.fakes import Dice
from tests.ledger.ledgers import SetClock

BEGUN = EXAMPLES["verification.begun.v1"]


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home", Dice())
    made = (NOON - timedelta(days=1)).timestamp()
    os.utime(home.keys / "master", (made, made))
    return home


def opened(home):
    return open_ledger(home, clock=SetClock(), random=Dice())


def begun(home):
    with closing(opened(home)) as ledger:
        return ledger.published.checkpoint()


def test_the_first_entry_is_under_a_head(home):
    note = begun(home)

    with closing(opened(home)) as ledger:
        signed = open_checkpoint(note, ledger.published.keys.for_checkpoint(ledger.now()))
        leaves = [leaf_hash(each.state) for each in ledger.notifications(0)]
        assert (signed.checkpoint.size, signed.checkpoint.root) == (1, root_of(leaves))


def test_a_log_that_was_cut_off_is_not_gone_on_with(home, tmp_path):
    begun(home)
    older = tmp_path / "older.sqlite"
    shutil.copy(home.log, older)
    with closing(opened(home)) as ledger:
        _grow(ledger)
    shutil.copy(older, home.log)
    for beside in ("-wal", "-shm"):
        home.log.with_name(home.log.name + beside).unlink(missing_ok=True)

    with closing(opened(home)) as ledger, pytest.raises(LogDamaged, match="cut off"):
        ledger.published.catch_up()


def test_a_log_whose_leaves_changed_under_its_head_is_not_gone_on_with(home):
    begun(home)
    with closing(sqlite3.connect(home.log)) as db:
        db.execute("DROP TRIGGER merkle_leaves_refuse_update")
        db.execute("UPDATE merkle_leaves SET hash = zeroblob(32)")
        db.commit()

    with closing(opened(home)) as ledger, pytest.raises(LogDamaged, match="not those whose"):
        ledger.published.catch_up()


def test_a_head_missed_in_a_crash_is_signed_at_the_next_start(home):
    begun(home)
    first = home.checkpoint.read_bytes()
    with closing(opened(home)) as ledger:
        _grow(ledger)
    home.checkpoint.write_bytes(first)

    with closing(opened(home)) as ledger:
        ledger.published.catch_up()

        assert ledger.published.checkpoint() != first
        assert ledger.published.checkpoint() == home.checkpoint.read_bytes()


def test_what_is_committed_is_answered_also_where_its_head_cannot_be_kept(home):
    begun(home)
    in_the_way = home.checkpoint.with_suffix(".part")
    in_the_way.mkdir()
    with closing(opened(home)) as ledger:
        [first] = ledger.record([BEGUN])
        in_the_way.rmdir()
        [second] = ledger.record([replace(BEGUN, stream=UUID(int=2))])

        assert (first.position, second.position) == (2, 3)
        assert ledger.published.checkpoint() == home.checkpoint.read_bytes()
        assert ledger.published.signed_head().size == 3


def _grow(ledger):
    ledger.record([BEGUN])
