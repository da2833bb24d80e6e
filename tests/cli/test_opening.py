"""What is refused is refused before anything is written, and a log keeps its own name."""

import os
import sqlite3
from contextlib import closing

import pytest

from ledger.opening import ORIGIN
from tests.commands import printed, refused, told

NAMED = "a.example/log"


@pytest.fixture
def origin(monkeypatch):
    """Sets what the operator's shell says the log is called, or takes it away."""

    def say(name=None):
        if name is None:
            monkeypatch.delenv("TONGBAN_ORIGIN", raising=False)
        else:
            monkeypatch.setenv("TONGBAN_ORIGIN", name)

    return say


@pytest.fixture
def named(origin, home, first, mapping):
    """A home whose log was begun under a name of its own."""
    origin(NAMED)
    printed(home, "import", first, "--mapping", mapping, "--register", "town")
    origin()
    return home


def contents(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_log_goes_by_its_own_name_in_a_shell_that_names_none(named, tmp_path):
    bundle = tmp_path / "bundle"

    assert told(named, "verify")["wrong"] == []
    printed(named, "bundle", "town/A", 1, "-o", bundle)
    assert told(tmp_path, "verify-bundle", bundle)["log"] == NAMED
    assert {each["log"] for each in told(named, "certify")} == {NAMED}
    printed(named, "rotate-log-key")
    assert told(named, "verify")["wrong"] == []


@pytest.mark.parametrize("other", [ORIGIN, "b.example/log"])
def test_a_log_is_not_opened_under_another_name(named, origin, other):
    origin(other)

    for command in (["verify"], ["certify"], ["serve", "--port", "0"]):
        said = refused(named, *command)

        assert f"calls itself {NAMED}, and TONGBAN_ORIGIN says {other}" in said


@pytest.mark.parametrize("name", ["", "with spaces", "a+b", "a\tb", "zero\u200bwidth"])
def test_no_log_is_begun_under_a_name_that_is_none(origin, home, name):
    origin(name)

    assert "a log cannot be called" in refused(home, "serve", "--port", "0")
    assert not home.exists()


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["verify"], ["cases"]])
def test_no_other_log_is_begun_where_one_was_lost(town, command):
    for file in town.glob("ledger.sqlite*"):
        file.unlink()
    before = contents(town)

    assert "the log is missing although its signed head" in refused(town, *command)
    assert contents(town) == before


def test_no_log_is_begun_anew_in_one_that_was_emptied(town):
    with closing(sqlite3.connect(town / "ledger.sqlite")) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {name}")
        for table in ("stored_events", "merkle_leaves", "tile_roots"):
            db.execute(f"DELETE FROM {table}")

    assert "the log is missing" in refused(town, "serve", "--port", "0")
    with closing(sqlite3.connect(town / "ledger.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM stored_events").fetchone() == (0,)


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["verify"]])
@pytest.mark.parametrize("lost", ["master", "."])
def test_a_key_that_is_gone_is_named(town, command, lost):
    for file in [*(town / "keys").iterdir()] if lost == "." else [town / "keys" / lost]:
        file.unlink()
    if lost == ".":
        (town / "keys").rmdir()

    assert "is missing although the log has begun" in refused(town, *command)
    assert lost != "." or not (town / "keys").exists()


def test_a_home_is_its_owner_s_alone_whatever_the_shell_says(home, first, mapping):
    before = os.umask(0o022)
    try:
        printed(home, "import", first, "--mapping", mapping, "--register", "town")
        printed(home, "certify")
    finally:
        os.umask(before)

    modes = {path: path.stat().st_mode & 0o077 for path in [home, *home.rglob("*")]}
    assert [str(path) for path, mode in modes.items() if mode] == []


@pytest.mark.parametrize("name", ["TONGBAN_DATABASE", "TONGBAN_KEYS", "TONGBAN_ITEMS"])
def test_the_demonstration_goes_by_what_is_set(home, monkeypatch, name):
    monkeypatch.setenv(name, "nowhere")

    assert name in refused(home, "demo")
    assert not home.exists()


def test_the_demonstration_begins_no_other_log_where_one_was_lost(town):
    (town / "ledger.sqlite").unlink()
    before = contents(town)

    assert "the log is missing" in refused(town, "demo")
    assert contents(town) == before


@pytest.mark.parametrize(
    "keys", ["postgresql://db/log", "postgresql://other:word@DB:5432/log?sslmode=require"]
)
def test_keys_do_not_go_into_the_database_of_the_log(home, monkeypatch, keys):
    monkeypatch.setenv("TONGBAN_DATABASE", "postgres://tongban@db/log")
    monkeypatch.setenv("TONGBAN_KEYS", keys)

    said = refused(home, "serve", "--port", "0")

    assert "TONGBAN_KEYS names the database of the log" in said
    assert "word" not in said
    assert not home.exists()


def test_a_folder_that_is_not_there_is_to_be_made(home, monkeypatch, tmp_path):
    monkeypatch.setenv("TONGBAN_MATERIALS", str(tmp_path / "nowhere"))

    assert "is not a folder; make it" in refused(home, "serve", "--port", "0")
    assert not home.exists()


def test_what_is_personal_is_not_certified_and_leaves_no_folder(town):
    assert "holds what is personal" in refused(town, "certify", "search")
    assert not (town / "certificates").exists()
