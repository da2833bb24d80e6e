"""An audit hashes the whole tree again, and holds it against what was kept and signed."""

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from ledger.audit import audit
from ledger.home import Home
from ledger.opening import open_ledger
from ledger.transparency import leaf_hash
from tests.ledger.cases import NOON
from tests.ledger.examples import EXAMPLES
from tests.ledger.fakes import Dice
from tests.ledger.ledgers import SetClock
from tests.ledger.tampering import unguarded

ENTRIES = 600
BEGUN = EXAMPLES["verification.begun.v1"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("filled") / "home", Dice())
    made = (NOON - timedelta(days=1)).timestamp()
    os.utime(home.keys / "master", (made, made))
    with closing(opened(home)) as ledger:
        ledger.record(
            [replace(BEGUN, stream=UUID(int=n), version=1) for n in range(1, ENTRIES)]
        )
    return home


@pytest.fixture
def tampered(filled):
    """Run changes on the log, tell what an audit finds, and put everything back."""
    before = filled.log.read_bytes()

    def run(*changes):
        with closing(sqlite3.connect(filled.log, isolation_level=None)) as db, unguarded(db):
            for sql, *values in changes:
                db.execute(sql, values)
        with closing(opened(filled)) as ledger:
            found = audit(ledger, filled.views, ())
        return [(each.position, each.problem) for each in found.wrong]

    yield run
    for beside in ("-wal", "-shm"):
        filled.log.with_name(filled.log.name + beside).unlink(missing_ok=True)
    filled.log.write_bytes(before)


def opened(home):
    return open_ledger(home, clock=SetClock(), random=Dice())


def test_an_untouched_tree_has_nothing_wrong(tampered):
    assert tampered() == []


def test_a_changed_tile_root_is_named_by_the_last_leaf_under_it(tampered):
    change = "UPDATE tile_roots SET hash = zeroblob(32) WHERE tile_index = 1"

    assert tampered([change]) == [(512, "the root kept of tile 0/1 is not that of its hashes")]


def test_a_lost_tile_root_is_named(tampered):
    change = "DELETE FROM tile_roots WHERE tile_index = 0"

    assert tampered([change]) == [(256, "the root kept of tile 0/0 is not that of its hashes")]


def test_a_root_of_a_tile_that_is_not_full_is_named(tampered):
    change = "INSERT INTO tile_roots VALUES (1, 2, zeroblob(32))"

    assert tampered([change]) == [
        (ENTRIES, "a root is kept of tile 2 under level 1, which is not full")
    ]


def test_an_entry_changed_with_its_leaf_is_betrayed_by_the_signed_head(filled, tampered):
    with closing(opened(filled)) as ledger:
        [*_, last] = ledger.notifications(ENTRIES - 1)
    state = last.state[:-1] + bytes([last.state[-1] ^ 1])

    wrong = tampered(
        ["UPDATE stored_events SET state = ? WHERE rowid = ?", state, ENTRIES],
        [
            "UPDATE merkle_leaves SET hash = ? WHERE leaf_index = ?",
            leaf_hash(state),
            ENTRIES - 1,
        ],
    )

    assert (ENTRIES, "the head signed over the log up to here has another root") in wrong


def test_a_log_that_was_cut_off_is_betrayed_by_the_signed_head(tampered):
    wrong = tampered(
        ["DELETE FROM stored_events WHERE rowid > 590"],
        ["DELETE FROM merkle_leaves WHERE leaf_index >= 590"],
    )

    assert wrong == [
        (590, f"a head was signed over {ENTRIES} entries: the log was cut off here"),
        (590, f"one-time keys were used up to position {ENTRIES}: the log was cut off here"),
    ]
