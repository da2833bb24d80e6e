"""One transaction for everything that must be true together, and nothing is ever changed."""

import sqlite3
from contextlib import ExitStack, closing
from dataclasses import replace
from hashlib import sha256

import pytest
from eventsourcing.persistence import IntegrityError, PersistenceError, StoredEvent

from ledger.errors import HomeUnusable
from ledger.once import OnceSeal, Used
from ledger.recorder import open_recorder
from tests.ledger.cases import CASE

EVENTS = [StoredEvent(CASE, n, "case.closed.v1", b"state %d" % n) for n in (1, 2, 3)]
SEAL = OnceSeal(bytes(32))
USED = Used(body=None, first=1, last=3)
TABLES = ["stored_events", "merkle_leaves", "once_keys"]


@pytest.fixture
def recorder(database):
    recorder = open_recorder(database, SEAL)
    with closing(recorder.database):
        yield recorder


def test_positions_are_counted_from_one(recorder):
    assert [*recorder.insert_events(EVENTS[:2])] == [1, 2]
    assert [*recorder.insert_events(EVENTS[2:])] == [3]
    assert recorder.max_notification_id() == 3


def test_every_entry_has_the_leaf_of_its_stored_bytes(recorder):
    recorder.insert_events(EVENTS)

    leaves = recorder.select_leaves(start=0, limit=10)

    assert leaves == [sha256(b"\0" + each.state).digest() for each in EVENTS]
    assert recorder.select_leaves(start=1, limit=1) == leaves[1:2]


def test_a_stream_is_read_in_order_with_its_positions(recorder):
    other = replace(EVENTS[0], originator_id=type(CASE)(int=1))
    recorder.insert_events([EVENTS[0], other, EVENTS[1]])

    read = recorder.select_stream(CASE)

    assert read == [(1, b"state 1"), (3, b"state 2")]


def test_a_refused_insert_leaves_nothing_and_no_gap(recorder):
    recorder.insert_events(EVENTS[:1])

    with pytest.raises(IntegrityError):
        recorder.insert_events([EVENTS[1], EVENTS[0]], once={b"key": USED})

    assert recorder.select_once(b"key") is None
    assert len(recorder.select_leaves(start=0, limit=10)) == 1
    assert [*recorder.insert_events(EVENTS[1:])] == [2, 3]


def test_a_one_time_key_remembers_what_it_was_used_for(recorder):
    recorder.insert_events(EVENTS[:1])

    both = {
        b"key": Used(body=b"body", first=2, last=3),
        b"nonce": Used(body=None, first=2, last=3),
    }
    recorder.insert_events(EVENTS[1:], once=both)

    assert recorder.select_once(b"key") == Used(body=b"body", first=2, last=3)
    assert recorder.select_once(b"nonce") == Used(body=None, first=2, last=3)
    assert recorder.select_once(b"other") is None


def test_a_one_time_key_is_used_once(recorder):
    recorder.insert_events(EVENTS[:1], once={b"key": USED})

    with pytest.raises(IntegrityError):
        recorder.insert_events(EVENTS[1:], once={b"key": USED})

    assert recorder.max_notification_id() == 1


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {}"])
def test_no_table_lets_a_row_be_changed_or_taken_away(recorder, table, verb):
    recorder.insert_events(EVENTS, once={b"key": USED})
    column = {"stored_events": "topic", "merkle_leaves": "hash", "once_keys": "body"}[table]

    with (
        pytest.raises(PersistenceError, match=f"{table} is append-only"),
        recorder.database.writing() as session,
    ):
        session.rows(verb.format(table, column))


@pytest.mark.parametrize("database", ["SQLite"], indirect=True)
def test_nobody_else_can_change_a_row_either(recorder, database):
    recorder.insert_events(EVENTS, once={b"key": USED})

    with closing(sqlite3.connect(database)) as stranger:
        for table in TABLES:
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                stranger.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("database", ["SQLite"], indirect=True)
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("stored_events", "2, 'another', 1, 'topic', x'00'"),
        ("stored_events", f"NULL, '{CASE.hex}', 2, 'topic', x'00'"),
        ("stored_events", f"9, '{CASE.hex}', 2, 'topic', x'00'"),
        ("merkle_leaves", "1, x'00'"),
        ("tile_roots", "1, 0, x'00'"),
        ("once_keys", "1, x'00', NULL, 1, 1, NULL, x'00'"),
        ("once_keys", "9, x'6b6579', NULL, 1, 1, NULL, x'00'"),
    ],
)
def test_nobody_puts_another_row_in_place_of_one(recorder, database, verb, table, row):
    recorder.insert_events(EVENTS, once={b"key": USED})
    with recorder.database.writing() as session:
        session.insert("INSERT INTO tile_roots VALUES (1, 0, ?)", [[bytes(32)]])

    with closing(sqlite3.connect(database)) as stranger:
        before = stranger.execute(f"SELECT * FROM {table}").fetchall()
        with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
            stranger.execute(f"{verb} INTO {table} VALUES ({row})")
        assert stranger.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize("database", ["SQLite"], indirect=True)
def test_every_connection_waits_for_the_disk(recorder):
    database = recorder.database

    with ExitStack() as held:
        sessions = [held.enter_context(database.writing())]
        sessions += [held.enter_context(database.reading()) for _ in range(2)]
        asked = [
            [session.rows(f"PRAGMA {each}") for each in ("synchronous", "journal_mode")]
            for session in sessions
        ]

    assert asked == [[[(2,)], [("wal",)]]] * 3


def test_a_log_that_would_not_be_durable_is_not_opened():
    with pytest.raises(HomeUnusable, match="not durable"):
        open_recorder("", SEAL)


def test_what_was_written_is_there_after_reopening(recorder, database):
    recorder.insert_events(EVENTS, once={b"key": USED})

    again = open_recorder(database, SEAL)

    with closing(again.database):
        assert again.max_notification_id() == 3
        assert again.select_once(b"key") == Used(body=None, first=1, last=3)
        assert len(again.select_leaves(start=0, limit=10)) == 3
