"""An import says what it did, refuses in one line, and loses nothing."""

import gzip
import json
import os
import pty
import subprocess

import pytest

from ledger.home import Home
from tests.cli.logs import named
from tests.commands import COMMAND, misused, printed, refused, told, tongban
from tests.ledger.fakes import Dice
from tests.ledger.importing.logs import as_json, event, log, trace


def test_an_import_tells_a_script_exactly_its_counts(home, first, mapping):
    counts = told(home, "import", first, "--mapping", mapping)

    assert counts == {"cases": 2, "events": 3, "new": 3, "same": 0, "conflicting": 0}


def test_an_import_tells_a_person_what_to_do_next(town, second, mapping):
    said = printed(town, "import", second, "--mapping", mapping, "--register", "town")

    assert "new: 1; known before: 1; conflicting: 1" in said
    assert "tongban conflicts --register town" in said
    assert "does not mention, and that stay as they were: 1 (B)" in said
    assert "tongban cases --register town" in said


def test_what_did_not_happen_is_not_mentioned(home, first, mapping):
    said = printed(home, "import", first, "--mapping", mapping)

    assert "tongban conflicts" not in said
    assert "does not mention" not in said


@pytest.mark.parametrize("ending", ["", ".xes", ".xes.gz"])
def test_a_register_is_the_log_unless_it_is_named(home, tmp_path, mapping, ending):
    path = named(tmp_path, f"town 1{ending}", trace("A", event()))
    if ending.endswith("gz"):
        path.write_bytes(gzip.compress(path.read_bytes()))

    printed(home, "import", path, "--mapping", mapping)

    assert [case["register"] for case in told(home, "cases")] == ["town 1"]


@pytest.mark.parametrize("register", ["a/b", ""])
def test_a_register_can_be_told_from_its_numbers(home, first, mapping, register):
    said = misused(home, "import", first, "--mapping", mapping, "--register", register)

    assert "--register" in said
    assert not home.exists()


GOOD = log(trace("A", event()))
BOMB = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log/>'
TIMELESS = '<event><string key="concept:name" value="apply"/></event>'


@pytest.mark.parametrize(
    ("content", "meaning", "problem"),
    [
        pytest.param(
            gzip.compress(GOOD.encode())[:-9], as_json(), "cut short", id="truncated gzip"
        ),
        pytest.param(GOOD[:-9].encode(), as_json(), "ends before", id="truncated"),
        pytest.param(b"<log><trace></log>", as_json(), "not well-formed", id="malformed"),
        pytest.param(BOMB.encode(), as_json(), "remove the DOCTYPE", id="entity bomb"),
        pytest.param(
            log(trace("A", TIMELESS)).encode(), as_json(), "line 5: case A:", id="no time"
        ),
        pytest.param(GOOD.encode(), as_json(zone="UTC"), "`zone`", id="unknown mapping key"),
        pytest.param(GOOD.encode(), b"a picture", "not JSON", id="no mapping"),
        pytest.param(GOOD.encode(), b"[]", "does not hold", id="another JSON"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_lost(town, tmp_path, content, meaning, problem):
    (tmp_path / "bad.xes").write_bytes(content)
    (tmp_path / "bad.json").write_bytes(meaning)
    before = told(town, "verify"), printed(town, "cases")

    line = refused(town, "import", tmp_path / "bad.xes", "--mapping", tmp_path / "bad.json")

    assert problem in line
    assert (told(town, "verify"), printed(town, "cases")) == before


def test_a_refusal_does_not_steer_a_terminal(home, tmp_path, mapping):
    path = named(tmp_path, "log.xes", trace("\x9b31m", TIMELESS))

    assert "case \N{REPLACEMENT CHARACTER}31m" in refused(
        home, "import", path, "--mapping", mapping
    )


def test_a_log_that_is_not_there_is_named(home, mapping):
    assert "absent.xes" in misused(home, "import", "absent.xes", "--mapping", mapping)
    assert not home.exists()


def test_a_second_writer_is_told_that_there_is_a_first(home, first, mapping):
    with Home(home, Dice()).writing():
        line = refused(home, "import", first, "--mapping", mapping)

    assert "is being written by another process" in line


def test_bars_show_on_a_terminal_and_leave_the_answer_alone(home, first, mapping):
    screen, stderr = pty.openpty()
    command = [*COMMAND, "--home", home, "import", first, "--mapping", mapping, "--json"]

    answer = subprocess.check_output(command, stderr=stderr, env=os.environ | {"TERM": "xterm"})
    os.close(stderr)
    shown = os.read(screen, 4096)

    assert json.loads(answer)["new"] == 3
    assert b"reading" in shown


def test_no_bar_shows_where_there_is_no_terminal(home, first, mapping):
    result = tongban(home, "import", first, "--mapping", mapping)

    assert result.stderr == ""
