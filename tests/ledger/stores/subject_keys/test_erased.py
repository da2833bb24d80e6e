"""Who was erased has no key and is never given another, and no file holds the one they had."""

import sqlite3
from contextlib import closing

import psycopg
import pytest

from ledger.errors import Unavailable
from ledger.stores import FileKeyTable, SharedKeyTable, SubjectKeyStore
from ledger.stores.key_table import ERASED
from tests.ledger.fakes import Dice
from tests.ledger.stores.subject_keys.tables import MASTER, contents, rows_of


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


def test_an_erasure_waits_for_who_still_reads_what_was_there(path):
    table = FileKeyTable(path, patience=0.2)
    with closing(SubjectKeyStore(table, [MASTER], Dice())) as store:
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


def test_a_shared_table_holds_zeros_for_who_was_erased(postgres_database):
    with closing(SubjectKeyStore(SharedKeyTable(postgres_database), [MASTER], Dice())) as store:
        store.create(["subject-1", "subject-2"])
        store.erase("subject-1")

    with psycopg.connect(postgres_database) as connection:
        rows = connection.execute("SELECT subject, wrapped FROM subject_keys").fetchall()
    assert [subject for subject, wrapped in rows if wrapped == ERASED] == ["subject-1"]
