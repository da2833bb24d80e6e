"""A word that is in the text is in the index, and found by looking for it."""

from contextlib import closing

import pytest

from ledger.opening import all_views
from ledger.projections.index_check import is_indexed
from ledger.projections.view import open_view

pytestmark = pytest.mark.parametrize("database", ["memory"], indirect=True)
ROWS = 3_000


@pytest.fixture
def view(ledger):
    return next(view for view in all_views(ledger) if view.name == "search")


@pytest.fixture
def path(view, tmp_path):
    path = tmp_path / "search.sqlite"
    with closing(open_view(path, view)) as db, db.atomic():
        db.conn.executemany(
            "INSERT INTO search (row, id, name, about, told, personal)"
            " VALUES (?, ?, ?, 'all \U0001f35c', '', 'a \"word\"')",
            [(row, str(row), f"word{row}") for row in range(ROWS)],
        )
    return path


def changed(path, view, *changes):
    with closing(open_view(path, view)) as db:
        for change in changes:
            assert db.execute(change).rowcount != 0


def test_an_index_that_triggers_kept_in_step_is_whole(path, view):
    changed(path, view, "DELETE FROM search WHERE row = 5", "UPDATE search SET told = 'more'")

    assert is_indexed(path, view)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM search_fts_idx",
        "DELETE FROM search_fts_idx WHERE term > 'w'",
        "UPDATE search_fts_idx SET segid = segid + 1000",
        "DELETE FROM search_fts_data WHERE id > 10",
        "DELETE FROM search_fts_docsize WHERE id = 7",
        "UPDATE search_fts_docsize SET sz = zeroblob(4) WHERE id = 7",
        "INSERT INTO search_fts (search_fts) VALUES ('delete-all')",
        "DROP TRIGGER search_ad",
        "DROP TABLE search_fts",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = 'search_au'",
    ],
)
def test_an_index_in_which_a_word_is_not_found_is_not_whole(path, view, change):
    changed(path, view, *change.split("; "))

    assert not is_indexed(path, view)
