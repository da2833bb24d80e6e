"""A home is kept, tried and brought back from the command line, for people and for cron."""

import sqlite3
from contextlib import closing

import pytest

from ledger.home import Home
from tests.cli.logs import OURS
from tests.cli.submitting import served
from tests.commands import misused, printed, refused, told, tongban
from tests.ledger.cases import APPLICANT
from tests.ledger.fakes import Dice

SUBJECT = APPLICANT.principal
BY = ("--id", "7")


@pytest.fixture
def kept(ours, tmp_path):
    """A backup of `ours`, in two folders."""
    printed(ours, "backup", tmp_path / "kept", "--keys", tmp_path / "kept-keys")
    return tmp_path / "kept", "--keys", tmp_path / "kept-keys"


def test_what_was_kept_is_a_home_again_with_which_nothing_is_wrong(ours, kept, tmp_path):
    before = told(ours, "replay", OURS, "--personal")

    done = told(tmp_path / "new", "restore", *kept)

    assert done["position"] == told(tmp_path / "new", "verify")["entries"]
    assert told(tmp_path / "new", "verify")["wrong"] == []
    assert told(tmp_path / "new", "replay", OURS, "--personal") == before


def test_a_restore_without_the_list_of_erasures_says_what_that_means(kept, tmp_path):
    result = tongban(tmp_path / "new", "restore", *kept)

    assert result.exit_code == 0
    assert "whoever was erased since the backup can be read again" in result.stderr


def test_a_restore_repeats_the_list_that_is_set_where_none_is_named(
    ours, kept, tmp_path, monkeypatch
):
    monkeypatch.setenv("TONGBAN_ERASURES", str(tmp_path / "elsewhere"))
    printed(ours, "restrict", SUBJECT, "--basis", "pipl-47", *BY)

    result = tongban(tmp_path / "new", "restore", *kept)

    assert "repeated of what was decided about persons since: 1" in result.stdout
    assert f"put {tmp_path / 'elsewhere'} aside" in result.stderr


def test_a_restore_without_the_list_of_erasures_that_is_set_says_so(
    kept, tmp_path, monkeypatch
):
    monkeypatch.setenv("TONGBAN_ERASURES", str(tmp_path / "lost"))

    result = tongban(tmp_path / "new", "restore", *kept)

    assert "whoever was erased since the backup can be read again" in result.stderr


def test_a_drill_passes_and_tells_its_figures(ours, kept):
    found = told(ours, "drill", *kept)

    assert found["passed"]
    assert all(view["agrees"] for view in found["views"])
    assert set(found["seconds"]) == {"copied", "proven", "folded"}
    assert printed(ours, "drill", *kept).endswith("the backup would do\n")


def test_a_drill_that_fails_exits_with_1_for_cron(ours, kept):
    view = (ours / "views" / "case_list.sqlite").resolve()
    printed(ours, "cases")
    with closing(sqlite3.connect(ours / "views" / "case_list.sqlite")) as db, db:
        db.execute("UPDATE cases SET status = 'LOST'")
    assert view.parent.exists()

    result = tongban(ours, "drill", *kept)

    assert result.exit_code == 1
    assert "case_list: DIFFERS" in result.stdout
    assert "the backup would NOT do" in result.stdout


def test_a_backup_that_was_altered_is_refused_in_one_line(ours, kept, tmp_path):
    with (tmp_path / "kept" / "ledger.sqlite").open("ab") as file:
        file.write(b"and more")

    for command in (("drill",), ("restore", "--home", tmp_path / "new")):
        assert "ledger.sqlite is not what was kept" in refused(ours, *command, *kept)
    assert not (tmp_path / "new").exists()


def test_a_home_that_is_in_use_is_not_restored_into(ours, kept):
    assert "there already" in refused(ours, "restore", *kept)


def test_a_backup_never_lies_over_another(ours, kept):
    assert "there already" in refused(ours, "backup", *kept)


def test_the_keys_have_to_be_named(ours, tmp_path):
    assert "--keys" in misused(ours, "backup", tmp_path / "kept")


def test_a_backup_is_made_while_another_process_writes(ours, tmp_path):
    home = Home(ours, Dice())
    with home.writing(), closing(served(home)):
        made = told(ours, "backup", tmp_path / "kept", "--keys", tmp_path / "keys")

    assert made["position"] == told(ours, "verify")["entries"]
