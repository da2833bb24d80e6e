"""One bit of any field of any table, a row gone, doubled or moved: the audit names where.

A home is filled once, past a full tile, with a case of ours among imported
ones. Each change is made to a copy with plain SQLite, triggers dropped for the while.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import cbor2
import pytest
from msgspec.structs import replace

from ledger.audit import audit
from ledger.errors import LedgerError
from ledger.home import Home
from ledger.once import Once
from ledger.opening import all_views, open_ledger
from ledger.projections.certifying import Certificates
from ledger.projections.follower import Follower
from ledger.transparency import leaf_hash
from tests.cli.submitting import submitted
from tests.ledger.cases import CASE, NOON
from tests.ledger.examples import EXAMPLES
from tests.ledger.fakes import Dice
from tests.ledger.ledgers import SetClock
from tests.ledger.tampering import unguarded

# Much of the same: what it passes through is covered by others.
pytestmark = pytest.mark.no_cover

PLACE = 271
"""Where the case's application stands, sealed fields and all."""
BEGUN = EXAMPLES["verification.begun.v1"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("filled") / "home", Dice())
    made = (NOON - timedelta(days=1)).timestamp()
    os.utime(home.keys / "master", (made, made))
    with closing(opened(home)) as ledger:
        ledger.record([replace(BEGUN, stream=UUID(int=n), version=1) for n in range(2, 270)])
        submitted(ledger, CASE)
        ledger.record([replace(BEGUN, stream=UUID(int=n), version=1) for n in range(300, 310)])
        more = replace(BEGUN, stream=UUID(int=400), version=1)
        ledger.record([more], once=[Once.of("a"), Once.of("b")])
        ledger.published.catch_up()
        views = all_views(ledger)
        with closing(Follower(ledger, home.views, views)) as follower:
            follower.catch_up()
        certificates = Certificates(ledger, home.certificates, home.views)
        for view in views:
            if not view.personal:
                certificates.certify(view)
    with closing(sqlite3.connect(home.log)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (topic,) = db.execute("SELECT topic FROM stored_events WHERE rowid = 271").fetchone()
    assert topic == "application.received.v1"
    return home


@pytest.fixture
def home(filled, tmp_path):
    copy = tmp_path / "home"
    shutil.copytree(filled.folder, copy, symlinks=True)
    stat = (filled.keys / "master").stat()
    os.utime(copy / "keys" / "master", (stat.st_atime, stat.st_mtime))
    return Home(copy, Dice())


def opened(home):
    return open_ledger(home, clock=SetClock(), random=Dice())


def found(home):
    """The positions that are wrong, as `tongban verify` finds them."""
    try:
        with closing(opened(home)) as ledger:
            views = all_views(ledger)
            wrong = audit(ledger, home.views, views, certificates=home.certificates).wrong
    except LedgerError as error:
        # Where the head itself cannot be told, the ledger is not even opened.
        pytest.fail(f"not opened: {error}")
    return [each.position for each in wrong]


def changed(home, *changes):
    with closing(sqlite3.connect(home.log, isolation_level=None)) as db, unguarded(db):
        for sql, *values in changes:
            assert db.execute(sql, values).rowcount > 0


def flipped(value, bit=0):
    if isinstance(value, int):
        return value ^ 1 << bit
    data = bytearray(value.encode() if isinstance(value, str) else value)
    data[bit // 8] ^= 1 << bit % 8
    return data.decode("latin-1") if isinstance(value, str) else bytes(data)


def flip(home, table, column, where, bit):
    with closing(sqlite3.connect(home.log)) as db:
        select = f"SELECT {column} FROM {table} WHERE {where}"
        (value,) = db.execute(select).fetchone()
    changed(home, (f"UPDATE {table} SET {column} = ? WHERE {where}", flipped(value, bit)))


def test_an_untouched_copy_has_nothing_wrong(home):
    assert found(home) == []


@pytest.mark.parametrize(
    ("column", "bit"),
    [
        ("rowid", 62),
        ("rowid", 20),
        ("originator_id", 0),
        ("originator_id", 130),
        ("originator_version", 3),
        ("originator_version", 40),
        ("topic", 0),
        ("topic", 60),
    ],
)
@pytest.mark.parametrize("position", [1, PLACE, 280])
def test_a_bit_of_a_column_of_an_entry(home, column, bit, position):
    flip(home, "stored_events", column, f"rowid = {position}", bit)

    assert found(home)[0] in (position, position + 1)


@pytest.mark.parametrize("element", range(12))
@pytest.mark.parametrize("edge", ["first", "last"])
def test_a_bit_of_each_element_of_an_entry(home, element, edge):
    with closing(sqlite3.connect(home.log)) as db:
        (state,) = db.execute("SELECT state FROM stored_events WHERE rowid = 271").fetchone()
    lengths = [len(cbor2.dumps(each)) for each in cbor2.loads(state)]
    assert 1 + sum(lengths) == len(state)
    start = 1 + sum(lengths[:element])
    at = start if edge == "first" else start + lengths[element] - 1

    changed(
        home,
        ("UPDATE stored_events SET state = ? WHERE rowid = 271", flipped(state, at * 8)),
    )

    assert found(home)[0] == 271


@pytest.mark.parametrize("element", range(12))
def test_a_bit_of_an_entry_whose_leaf_was_made_anew(home, element):
    with closing(sqlite3.connect(home.log)) as db:
        (state,) = db.execute("SELECT state FROM stored_events WHERE rowid = 100").fetchone()
    lengths = [len(cbor2.dumps(each)) for each in cbor2.loads(state)]
    state = flipped(state, sum(lengths[: element + 1]) * 8)

    changed(
        home,
        ("UPDATE stored_events SET state = ? WHERE rowid = 100", state),
        ("UPDATE merkle_leaves SET hash = ? WHERE leaf_index = 99", leaf_hash(state)),
    )

    assert found(home)[0] in (100, 101, 256)


@pytest.mark.parametrize(
    ("table", "column", "where", "bit", "position"),
    [
        ("merkle_leaves", "leaf_index", "leaf_index = 99", 62, 100),
        ("merkle_leaves", "leaf_index", "leaf_index = 99", 10, 100),
        ("merkle_leaves", "hash", "leaf_index = 0", 0, 1),
        ("merkle_leaves", "hash", "leaf_index = 99", 255, 100),
        ("tile_roots", "level", "tile_index = 0", 0, 256),
        ("tile_roots", "tile_index", "level = 1", 3, 256),
        ("tile_roots", "hash", "level = 1", 100, 256),
        ("once_keys", "number", "number = 3", 40, 270),
        ("once_keys", "key", "number = 3", 7, 270),
        ("once_keys", "body", "number = 3", 7, 270),
        ("once_keys", "first_position", "number = 3", 50, None),
        ("once_keys", "last_position", "number = 3", 0, 270),
        ("once_keys", "closes", "number = 3", 0, 270),
        ("once_keys", "seal", "number = 3", 0, 270),
        ("once_keys", "key", "number = 1", 0, 1),
        ("once_keys", "key", "number = (SELECT max(number) FROM once_keys)", 0, None),
    ],
)
def test_a_bit_of_what_stands_beside_the_entries(home, table, column, where, bit, position):
    flip(home, table, column, where, bit)

    wrong = found(home)

    assert wrong
    assert position is None or wrong[0] == position


@pytest.mark.parametrize("column", ["body", "closes"])
def test_nothing_is_put_where_nothing_stood(home, column):
    changed(home, (f"UPDATE once_keys SET {column} = 1 WHERE {column} IS NULL",))

    assert found(home)


@pytest.mark.parametrize("position", [1, 100, 271, 280])
@pytest.mark.parametrize("with_leaf", [True, False])
def test_a_row_that_is_gone(home, position, with_leaf):
    gone = [("DELETE FROM stored_events WHERE rowid = ?", position)]
    if with_leaf:
        gone.append(("DELETE FROM merkle_leaves WHERE leaf_index = ?", position - 1))

    changed(home, *gone)

    assert found(home)[0] in (position, position - 1)


def test_two_rows_that_were_exchanged(home):
    changed(
        home,
        ("UPDATE stored_events SET rowid = -7 WHERE rowid = 7",),
        ("UPDATE stored_events SET rowid = 7 WHERE rowid = 8",),
        ("UPDATE stored_events SET rowid = 8 WHERE rowid = -7",),
    )

    assert found(home)[0] == 7


def test_a_row_put_in_behind_all_others_with_its_leaf(home):
    head = last(home)
    stored = f"SELECT ?, '{'0' * 31}1', 9, topic, state FROM stored_events WHERE rowid = 280"
    hashed = "SELECT ?, hash FROM merkle_leaves WHERE leaf_index = 279"

    changed(
        home,
        (f"INSERT INTO stored_events {stored}", head + 1),
        (f"INSERT INTO merkle_leaves {hashed}", head),
    )

    assert head + 1 in found(home)


@pytest.mark.parametrize("left", [100, 256, 279])
def test_a_log_that_was_cut_off_together_with_its_head(home, left):
    home.checkpoint.unlink()

    changed(
        home,
        ("DELETE FROM stored_events WHERE rowid > ?", left),
        ("DELETE FROM merkle_leaves WHERE leaf_index >= ?", left),
    )

    assert left in found(home)


def test_a_one_time_key_that_is_gone_wherever_it_stood(home):
    with closing(sqlite3.connect(home.log)) as db:
        numbers = [number for (number,) in db.execute("SELECT number FROM once_keys")]
    assert len(numbers) > 3
    content = home.log.read_bytes()

    for number in numbers:
        changed(home, ("DELETE FROM once_keys WHERE number = ?", number))

        assert found(home), number
        home.log.write_bytes(content)


def test_a_bit_of_the_signed_head(home):
    note = home.checkpoint.read_bytes()

    for at in range(0, len(note), 7):
        home.checkpoint.write_bytes(flipped(note, at * 8))

        assert found(home)[-1] == last(home), at


def test_a_bit_of_a_certificate(home):
    for path in home.certificates.glob("*.cose"):
        data = path.read_bytes()
        for at in range(0, len(data), 29):
            path.write_bytes(flipped(data, at * 8))

            assert found(home) == [0], at
        path.write_bytes(data)


@pytest.mark.parametrize("table", ["data", "docsize"])
def test_a_full_text_index_that_was_emptied(home, table):
    with closing(sqlite3.connect((home.views / "search.sqlite").resolve())) as db, db:
        assert db.execute(f"DELETE FROM search_fts_{table}").rowcount > 0

    assert found(home) == [last(home)]


@pytest.mark.parametrize(
    "change",
    ["DROP TRIGGER search_ai", "DROP TABLE search_fts", "DROP INDEX idx_search_subject"],
)
def test_what_keeps_a_view_in_step_was_dropped(home, change):
    with closing(sqlite3.connect((home.views / "search.sqlite").resolve())) as db, db:
        db.execute(change)

    assert found(home) == [last(home)]


def test_a_case_that_was_taken_out_of_the_full_text_index_alone(home):
    with closing(sqlite3.connect((home.views / "search.sqlite").resolve())) as db, db:
        names = "rowid, name, about, told, personal"
        db.execute(
            f"INSERT INTO search_fts (search_fts, {names})"
            " SELECT 'delete', row, name, about, told, personal FROM search LIMIT 1"
        )

    assert found(home) == [last(home)]


@pytest.mark.parametrize("column", ["wrapped", "subject"])
def test_a_bit_of_the_key_of_a_person(home, column):
    with closing(sqlite3.connect(home.subject_keys())) as db, db:
        query = f"SELECT id, {column} FROM subject_keys"
        number, value = db.execute(query).fetchone()
        change = f"UPDATE subject_keys SET {column} = ? WHERE id = ?"
        db.execute(change, [flipped(value), number])

    with closing(opened(home)) as ledger:
        first, *_ = audit(ledger, home.views, all_views(ledger)).wrong
    assert first.problem == f"key {number} of the subject keys does not open; restore it"


def test_a_bit_of_every_column_of_every_table_of_a_view(home):
    missed = []
    for link in sorted(home.views.glob("*.sqlite")):
        if not link.is_symlink():
            continue
        for table, column, value in fields_of(link):
            change = f"UPDATE {table} SET {column} = ? WHERE {column} = ?"
            with closing(sqlite3.connect(link.resolve(), isolation_level=None)) as db:
                db.execute(change, [flipped(value), value])

                if not found(home):
                    missed.append(f"{link.name} {table}.{column}")
                db.execute(change, [value, flipped(value)])
    assert missed == []


def fields_of(link):
    """A value of every column of the tables of a view that has rows."""
    with closing(sqlite3.connect(link.resolve())) as db:
        tables = [name for (name,) in db.execute(TABLES)]
        for table in tables:
            for _, column, *_ in db.execute(f"PRAGMA table_info({table})").fetchall():
                query = f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1"
                for (value,) in db.execute(query).fetchall():
                    if isinstance(value, int | str | bytes) and value != "" and value != b"":
                        yield table, column, value


# In an index of one page a word is found without its way there, `search_fts_idx`.
TABLES = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'
    AND name <> 'search_fts_idx'
"""


def last(home):
    with closing(sqlite3.connect(home.log)) as db:
        return db.execute("SELECT max(rowid) FROM stored_events").fetchone()[0]
