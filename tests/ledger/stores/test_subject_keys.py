"""A subject has one key for good, and the file alone gives none of them away."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from ledger.errors import HomeUnusable
from ledger.stores import SubjectKeyStore
from tests.ledger.fakes import Dice, FakeSubjectKeys

MASTER = bytes(range(32))
ANOTHER_MASTER = bytes(32)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "subject-keys.sqlite"


@pytest.fixture
def dice():
    return Dice()


@pytest.fixture
def store(path, dice):
    with closing(SubjectKeyStore(path, MASTER, dice)) as store:
        yield store


@pytest.fixture(params=["memory", "SQLite"])
def keys(request):
    if request.param == "memory":
        return FakeSubjectKeys()
    return request.getfixturevalue("store")


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

    with closing(SubjectKeyStore(path, MASTER, Dice())) as again:
        assert (again.key("subject-1"), again.key("subject-2")) == given


def test_a_key_is_in_the_file_by_the_time_create_returns(store, path, tmp_path):
    store.create(["subject-1"])

    for file in path.parent.glob("subject-keys.sqlite*"):
        shutil.copy(file, tmp_path / f"copy-{file.name}")
    copy = tmp_path / "copy-subject-keys.sqlite"
    with closing(SubjectKeyStore(copy, MASTER, Dice())) as after_a_crash:
        assert after_a_crash.key("subject-1") == store.key("subject-1")


def test_no_key_stands_in_the_files_in_clear(store, path):
    store.create(["subject-1"])

    for file in path.parent.iterdir():
        assert store.key("subject-1") not in file.read_bytes()
        assert MASTER not in file.read_bytes()


def test_another_master_key_is_refused_at_the_start(store, path):
    store.create(["subject-1"])

    with pytest.raises(HomeUnusable, match="start with the master key it was made with"):
        SubjectKeyStore(path, ANOTHER_MASTER, Dice())


def test_a_wrapped_key_copied_to_another_subject_does_not_open(store, path):
    store.create(["subject-1", "subject-2"])
    with closing(sqlite3.connect(path)) as attacker, attacker:
        attacker.execute(
            "UPDATE subject_keys SET wrapped = "
            "(SELECT wrapped FROM subject_keys WHERE subject = 'subject-1') "
            "WHERE subject = 'subject-2'"
        )

    with (
        closing(SubjectKeyStore(path, MASTER, Dice())) as again,
        pytest.raises(HomeUnusable, match="does not open"),
    ):
        again.key("subject-2")


@pytest.mark.parametrize("master_key", [b"", bytes(31), bytes(33)])
def test_a_master_key_has_thirty_two_bytes(path, master_key):
    with pytest.raises(HomeUnusable, match=f"32 bytes, not {len(master_key)}"):
        SubjectKeyStore(path, master_key, Dice())


def test_a_file_that_is_no_database_is_refused_by_name(path):
    path.write_bytes(b"not a database at all, but longer than a header" * 40)

    with pytest.raises(HomeUnusable, match=path.name):
        SubjectKeyStore(path, MASTER, Dice())


def test_a_place_without_a_write_ahead_log_is_refused():
    with pytest.raises(HomeUnusable, match="durably"):
        SubjectKeyStore(Path(":memory:"), MASTER, Dice())


def test_creating_what_exists_makes_no_new_key(store, path):
    subjects = [f"subject-{n}" for n in range(1000)]
    store.create(subjects)

    dice = Dice()
    with closing(SubjectKeyStore(path, MASTER, dice)) as again:
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
    with closing(SubjectKeyStore(path, MASTER, Dice(), cached=3)) as store:
        store.create(subjects)
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("DELETE FROM subject_keys")

        remembered = [subject for subject in subjects if store.key(subject)]

    assert len(remembered) == 3


def test_a_memory_too_small_for_all_still_answers_for_all(path):
    subjects = [f"subject-{n}" for n in range(10)]
    with closing(SubjectKeyStore(path, MASTER, Dice(), cached=3)) as store:
        store.create(subjects)
        store.create(subjects)

        keys = {store.key(subject) for subject in subjects}

    assert len(keys) == 10
    assert None not in keys


def test_who_was_first_decides_when_two_create_at_once(store, path):
    def overtaken(size):
        store.create(["subject-1"])
        return b"2" * size

    with closing(SubjectKeyStore(path, MASTER, overtaken)) as second:
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
