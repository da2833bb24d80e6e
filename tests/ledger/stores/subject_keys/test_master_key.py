"""Every key is wrapped under one master key, which may be exchanged for another."""

import sqlite3
from contextlib import closing

import pytest

from ledger.errors import HomeUnusable
from ledger.stores import FileKeyTable, KeyTable, SharedKeyTable, SubjectKeyStore
from tests.ledger.fakes import Dice
from tests.ledger.stores.subject_keys.tables import (
    ANOTHER_MASTER,
    MASTER,
    contents,
    in_file,
    rows_of,
)


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
