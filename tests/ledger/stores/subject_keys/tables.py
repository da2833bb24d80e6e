"""Two master keys, and what a table of subject keys holds in its files."""

import sqlite3
from contextlib import closing

from ledger.stores import FileKeyTable, SubjectKeyStore
from tests.ledger.fakes import Dice

MASTER = bytes(range(32))
ANOTHER_MASTER = bytes(32)


def in_file(path, master=MASTER, dice=None, **how):
    return SubjectKeyStore(FileKeyTable(path), [master], dice or Dice(), **how)


def rows_of(path):
    with closing(sqlite3.connect(path)) as other:
        return other.execute("SELECT subject, wrapped FROM subject_keys").fetchall()


def contents(path):
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
