"""On a log that was changed or cut off nothing is signed, and nothing advised that hides it."""

import sqlite3
from contextlib import closing

import pytest

from tests.commands import printed, refused, tongban


def altered(home, position):
    """Change one byte of an entry behind the ledger's back."""
    with closing(sqlite3.connect(home / "ledger.sqlite")) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {name}")
        at = "rowid = ?"
        (state,) = db.execute(
            f"SELECT state FROM stored_events WHERE {at}", [position]
        ).fetchone()
        changed = state.replace(b"apply", b"apple").replace(b"check", b"chess")
        assert changed != state
        db.execute(f"UPDATE stored_events SET state = ? WHERE {at}", [changed, position])


def cut_off(home):
    with closing(sqlite3.connect(home / "ledger.sqlite")) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {name}")
        (head,) = db.execute("SELECT max(rowid) FROM stored_events").fetchone()
        db.execute("DELETE FROM stored_events WHERE rowid = ?", [head])
        db.execute("DELETE FROM merkle_leaves WHERE leaf_index = ?", [head - 1])


def place_of_a_fact(home):
    with closing(sqlite3.connect(home / "ledger.sqlite")) as db:
        sql = "SELECT min(rowid) FROM stored_events WHERE topic = 'fact.recorded.v1'"
        return db.execute(sql).fetchone()[0]


def test_views_folded_from_a_damaged_log_are_not_certified(town):
    at = place_of_a_fact(town)
    altered(town, at)
    tongban(town, "rebuild")

    said = refused(town, "certify")

    assert f"damaged at position {at}: the Merkle leaf is not the hash" in said
    assert "rebuild" not in said
    assert not (town / "certificates").exists()


def test_a_certificate_over_a_damaged_log_cannot_be_relied_on(town):
    # Of a changed fact the case list keeps nothing here, so its certificate agrees.
    printed(town, "certify", "case_list")
    at = place_of_a_fact(town)
    altered(town, at)

    said = tongban(town, "verify")

    assert said.exit_code == 1
    assert (
        f"certificate of case_list cannot be relied on: the log is damaged at position {at}"
        in (said.output)
    )
    assert "rebuild" not in said.output


def test_where_the_log_was_cut_off_nobody_is_told_to_fold_it_anew(town):
    cut_off(town)

    said = tongban(town, "verify")

    assert said.exit_code == 1
    assert "restore the log from its backup first" in said.output
    assert "rebuild" not in said.output


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["demo"], ["rotate-log-key"]])
def test_where_the_signed_head_was_lost_no_other_is_signed_in_silence(town, command):
    (town / "checkpoint").unlink()

    assert "no signed head (checkpoint) is kept" in refused(town, *command)
    assert not (town / "checkpoint").exists()

    assert "was signed" in printed(town, "accept-head")
    assert "nothing is wrong" in printed(town, "verify")


def test_no_head_of_a_damaged_log_is_accepted(town):
    (town / "checkpoint").unlink()
    at = place_of_a_fact(town)
    altered(town, at)

    assert f"position {at}: the Merkle leaf" in refused(town, "accept-head")
    assert not (town / "checkpoint").exists()
