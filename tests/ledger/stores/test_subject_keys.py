"""A subject has one key for good, or none any more, and no table alone gives one away."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import psycopg
import pytest

from ledger.errors import HomeUnusable, Unavailable
from ledger.stores import FileKeyTable, KeyTable, SharedKeyTable, SubjectKeyStore
from ledger.stores.key_table import ERASED
from tests.ledger.fakes import Dice, FakeSubjectKeys

MASTER = bytes(range(32))
ANOTHER_MASTER = bytes(32)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "subject-keys.sqlite"


@pytest.fixture
def dice():
    return Dice()


def in_file(path, master=MASTER, dice=None, **how):
    return SubjectKeyStore(FileKeyTable(path), [master], dice or Dice(), **how)


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


def test_another_master_key_is_refused_at_the_start(store, path):
    store.create(["subject-1"])

    with pytest.raises(HomeUnusable, match="start with the master key it was made with"):
        in_file(path, ANOTHER_MASTER)


def test_a_wrapped_key_copied_to_another_subject_does_not_open(store, path):
    store.create(["subject-1", "subject-2"])
    with closing(sqlite3.connect(path)) as attacker, attacker:
        attacker.execute(
            "UPDATE subject_keys SET wrapped = "
            "(SELECT wrapped FROM subject_keys WHERE subject = 'subject-1') "
            "WHERE subject = 'subject-2'"
        )

    with (
        closing(in_file(path)) as again,
        pytest.raises(HomeUnusable, match="does not open"),
    ):
        again.key("subject-2")


@pytest.mark.parametrize("master_key", [b"", bytes(31), bytes(33)])
def test_a_master_key_has_thirty_two_bytes(path, master_key):
    with pytest.raises(HomeUnusable, match=f"32 bytes, not {len(master_key)}"):
        in_file(path, master_key)


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


def test_an_erased_subject_has_no_key_and_is_never_given_another(keys):
    keys.create(["subject-1", "subject-2"])
    kept = keys.key("subject-2")

    keys.erase("subject-1")
    keys.erase("subject-1")
    keys.create(["subject-1", "subject-2"])

    assert keys.key("subject-1") is None
    assert keys.key("subject-2") == kept


def test_who_was_erased_before_they_had_a_key_gets_none(keys):
    keys.erase("subject-1")

    keys.create(["subject-1"])

    assert keys.key("subject-1") is None


def test_an_erasure_is_there_after_a_restart(again):
    store = again()
    store.create(["subject-1"])
    store.erase("subject-1")

    assert again().key("subject-1") is None


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


def test_no_file_holds_a_key_erased_wrapped_or_plain(store, path):
    subjects = [f"subject-{n}" for n in range(300)]
    store.create(subjects)
    wrapped = dict(rows_of(path))
    gone, plain = subjects[::3], {subject: store.key(subject) for subject in subjects}
    before = contents(path)

    for subject in gone:
        store.erase(subject)

    assert all(wrapped[subject] in before for subject in gone)
    after = contents(path)
    assert not any(wrapped[subject] in after or plain[subject] in after for subject in gone)
    assert all(wrapped[subject] in after for subject in subjects if subject not in gone)


def test_an_erasure_waits_for_who_still_reads_what_was_there(store, path):
    store.create(["subject-1"])
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM subject_keys").fetchall()
        store.create(["subject-2"])

        with pytest.raises(Unavailable, match="tried again"):
            store.erase("subject-1")
        reader.execute("COMMIT")

    wrapped = dict(rows_of(path))["subject-2"]
    store.erase("subject-1")
    assert store.key("subject-1") is None
    assert wrapped in contents(path)


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


def test_keys_without_the_mark_of_their_master_key_are_refused(store, path):
    store.create(["subject-1"])
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("DELETE FROM master_key")

    with pytest.raises(HomeUnusable, match="restore it from its backup"):
        in_file(path)


@pytest.mark.parametrize("shared", [False, True])
def test_each_key_that_does_not_open_is_named_by_its_number(path, shared, request):
    table: KeyTable = FileKeyTable(path)
    if shared:
        table = SharedKeyTable(request.getfixturevalue("postgres_database"))
    with closing(SubjectKeyStore(table, [MASTER], Dice())) as store:
        store.create(["subject-1", "subject-2", "subject-3"])
        assert [*store.damaged()] == []

        with table.adding() as (_, add):
            add([("subject-4", bytes(range(74)))])
        store.erase("subject-1")

        assert [*store.damaged()] == [4]


def test_a_shared_table_holds_zeros_for_who_was_erased(postgres_database):
    with closing(SubjectKeyStore(SharedKeyTable(postgres_database), [MASTER], Dice())) as store:
        store.create(["subject-1", "subject-2"])
        store.erase("subject-1")

    with psycopg.connect(postgres_database) as connection:
        rows = connection.execute("SELECT subject, wrapped FROM subject_keys").fetchall()
    assert [subject for subject, wrapped in rows if wrapped == ERASED] == ["subject-1"]


def test_keys_stay_the_same_under_another_master_key(again):
    store = again(MASTER, ANOTHER_MASTER)
    store.create(["subject-1", "subject-2", "subject-3"])
    store.erase("subject-2")
    given = store.key("subject-1")

    store.rewrap(ANOTHER_MASTER)

    after = again(ANOTHER_MASTER)
    assert after.key("subject-1") == given
    assert after.key("subject-2") is None
    assert after.is_under(ANOTHER_MASTER)
    with pytest.raises(HomeUnusable, match="does not open with this master key"):
        again(MASTER)


def test_a_server_that_knows_both_goes_on_under_the_new_one(again):
    one, other = again(MASTER, ANOTHER_MASTER), again(MASTER, ANOTHER_MASTER)
    one.create(["subject-1"])

    other.rewrap(ANOTHER_MASTER)
    one.create(["subject-2"])

    after = again(ANOTHER_MASTER)
    assert after.key("subject-1") == one.key("subject-1")
    assert after.key("subject-2") == one.key("subject-2")


def test_a_server_that_was_not_given_the_new_one_adds_nothing_under_the_old(again):
    behind, ahead = again(MASTER), again(MASTER, ANOTHER_MASTER)
    ahead.rewrap(ANOTHER_MASTER)

    with pytest.raises(HomeUnusable, match="was put under since"):
        behind.create(["subject-1"])

    assert again(ANOTHER_MASTER).key("subject-1") is None


def test_no_file_holds_what_the_old_master_key_opens(path):
    with closing(
        SubjectKeyStore(FileKeyTable(path), [MASTER, ANOTHER_MASTER], Dice())
    ) as store:
        store.create([f"subject-{n}" for n in range(300)])
        before = rows_of(path)

        store.rewrap(ANOTHER_MASTER)

        assert not any(wrapped in contents(path) for _, wrapped in before)


def test_a_database_that_is_not_there_is_refused_without_its_password():
    with pytest.raises(HomeUnusable, match="look at TONGBAN_KEYS") as told:
        SharedKeyTable("postgresql://keys:secret@127.0.0.1:1/keys", patience=0.5)

    assert "secret" not in str(told.value)


def rows_of(path):
    with closing(sqlite3.connect(path)) as other:
        return other.execute("SELECT subject, wrapped FROM subject_keys").fetchall()


def contents(path):
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
