"""A subject has one key for good, or none any more, and no table alone gives one away."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from ledger.errors import HomeUnusable, Unavailable
from ledger.stores import FileKeyTable, SharedKeyTable, SubjectKeyStore
from tests.ledger.fakes import Dice
from tests.ledger.stores.subject_keys.tables import MASTER, in_file


def test_a_subject_nobody_created_has_no_key(keys):
    assert keys.key("subject-1") is None


def test_each_subject_is_given_a_key_of_its_own(keys):
    keys.create(["subject-1", "subject-2", "subject-1"])

    first, second = keys.key("subject-1"), keys.key("subject-2")
    assert first != second
    assert len(first) == len(second) == 32


def test_creating_again_changes_nothing(keys):
    keys.create(["subject-1"])
    given = keys.key("subject-1")

    keys.create(["subject-1", "subject-2"])

    assert keys.key("subject-1") == given


def test_keys_are_the_same_after_a_restart(store, path):
    store.create(["subject-1", "subject-2"])
    given = store.key("subject-1"), store.key("subject-2")

    with closing(in_file(path)) as again:
        assert (again.key("subject-1"), again.key("subject-2")) == given


def test_a_key_is_in_the_file_by_the_time_create_returns(store, path, tmp_path):
    store.create(["subject-1"])

    for file in path.parent.glob("subject-keys.sqlite*"):
        shutil.copy(file, tmp_path / f"copy-{file.name}")
    copy = tmp_path / "copy-subject-keys.sqlite"
    with closing(in_file(copy)) as after_a_crash:
        assert after_a_crash.key("subject-1") == store.key("subject-1")


def test_no_key_stands_in_the_files_in_clear(store, path):
    store.create(["subject-1"])

    for file in path.parent.iterdir():
        assert store.key("subject-1") not in file.read_bytes()
        assert MASTER not in file.read_bytes()


def test_a_file_that_is_no_database_is_refused_by_name(path):
    path.write_bytes(b"not a database at all, but longer than a header" * 40)

    with pytest.raises(HomeUnusable, match=path.name):
        in_file(path)


def test_a_place_without_a_write_ahead_log_is_refused():
    with pytest.raises(HomeUnusable, match="durably"):
        FileKeyTable(Path(":memory:"))


def test_creating_what_exists_makes_no_new_key(store, path):
    subjects = [f"subject-{n}" for n in range(1000)]
    store.create(subjects)

    dice = Dice()
    with closing(in_file(path, dice=dice)) as again:
        again.create(subjects)

    assert dice.thrown == 0


def test_what_was_just_created_is_answered_from_memory(store, path, dice):
    store.create(["subject-1"])
    given, thrown = store.key("subject-1"), dice.thrown
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("DELETE FROM subject_keys")

    store.create(["subject-1"])

    assert store.key("subject-1") == given
    assert dice.thrown == thrown


def test_memory_holds_no_more_keys_than_it_may(path):
    subjects = [f"subject-{n}" for n in range(10)]
    with closing(in_file(path, cached=3)) as store:
        store.create(subjects)
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("DELETE FROM subject_keys")

        remembered = [subject for subject in subjects if store.key(subject)]

    assert len(remembered) == 3


def test_a_memory_too_small_for_all_still_answers_for_all(path):
    subjects = [f"subject-{n}" for n in range(10)]
    with closing(in_file(path, cached=3)) as store:
        store.create(subjects)
        store.create(subjects)

        keys = {store.key(subject) for subject in subjects}

    assert len(keys) == 10
    assert None not in keys


def test_who_was_first_decides_when_two_create_at_once(store, path):
    def overtaken(size):
        store.create(["subject-1"])
        return b"2" * size

    with closing(in_file(path, dice=overtaken)) as second:
        second.create(["subject-1"])

        assert second.key("subject-1") == store.key("subject-1")


def test_threads_that_create_the_same_at_once_get_the_same_keys(store):
    subjects = [f"subject-{n}" for n in range(50)]
    together = Barrier(8)

    def create_and_read(_):
        together.wait()
        store.create(subjects)
        return [store.key(subject) for subject in subjects]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(create_and_read, range(8)))

    assert all(keys == found[0] for keys in found)
    assert len(set(found[0])) == 50


def test_keys_are_the_same_to_every_server(again):
    one, other = again(), again()
    one.create(["subject-1"])
    other.create(["subject-1"])

    assert one.key("subject-1") == other.key("subject-1")


def test_servers_that_create_the_same_at_once_get_the_same_keys(again):
    stores, subjects = (
        [again(dice=Dice()) for _ in range(4)],
        [f"subject-{n}" for n in range(50)],
    )
    together = Barrier(4)

    def create_and_read(store):
        together.wait()
        store.create(subjects)
        return [store.key(subject) for subject in subjects]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(create_and_read, stores))

    assert all(keys == found[0] for keys in found)
    assert len(set(found[0])) == 50


def test_a_moment_in_which_the_file_is_locked_is_no_fault_of_the_home(path):
    table = FileKeyTable(path, patience=0.01)
    with closing(SubjectKeyStore(table, [MASTER], Dice())) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

            with pytest.raises(Unavailable, match="locked"):
                store.create(["subject-1"])

        store.create(["subject-1"])
        assert store.key("subject-1") is not None


def test_an_empty_table_is_not_taken_for_the_one_of_a_log_that_has_begun(path):
    with pytest.raises(HomeUnusable, match="was never used"):
        SubjectKeyStore(FileKeyTable(path), [MASTER], Dice(), has_begun=True)


def test_a_database_that_is_not_there_is_refused_without_its_password():
    with pytest.raises(HomeUnusable, match="look at TONGBAN_KEYS") as told:
        SharedKeyTable("postgresql://keys:secret@127.0.0.1:1/keys", patience=0.5)

    assert "secret" not in str(told.value)
