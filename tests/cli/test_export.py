"""Cases as files, written by a command beside a server."""

import os

import pytest

from tests.cli.logs import NAME
from tests.commands import misused, printed, refused, told
from tests.ledger.importing.logs import as_json

AS_EXPORTED = {
    "case": "concept:name",
    "activity": "concept:name",
    "occurred_at": "time:timestamp",
    "answer": "tongban:field:answer",
}


@pytest.fixture
def as_exported(tmp_path):
    """The mapping of the town, as its exported file says the same."""
    path = tmp_path / "as-exported.json"
    path.write_bytes(as_json(fields=AS_EXPORTED))
    return path


@pytest.mark.parametrize("format", ["ocel-json", "ocel-sqlite", "xes", "csv"])
def test_a_file_is_whole_the_same_again_and_names_nobody(town, tmp_path, format):
    first, second = tmp_path / "first", tmp_path / "second"
    printed(town, "export", format, first)
    printed(town, "export", format, second)

    assert first.read_bytes() == second.read_bytes()
    assert b"apply" in first.read_bytes()
    assert NAME.encode() not in first.read_bytes()
    assert sorted(tmp_path.glob("*.part")) == []


def test_an_exported_register_is_imported_with_the_same_lines(town, tmp_path, as_exported):
    file = tmp_path / "town.xes"
    printed(town, "export", "xes", file, "--register", "town")

    again = tmp_path / "again"
    done = told(again, "import", file, "--mapping", as_exported, "--register", "town")

    assert (done["cases"], done["events"]) == (2, 3)
    lines = printed(town, "cases", "--register", "town", "--lines")
    assert printed(again, "cases", "--register", "town", "--lines") == lines


def test_only_what_was_asked_for_is_exported(town, ours, tmp_path):
    file = tmp_path / "cases.csv"
    printed(town, "export", "csv", file, "--register", "another")

    assert len(file.read_bytes().splitlines()) == 1


def test_a_file_that_cannot_be_written_is_said_to_be_so(town, tmp_path):
    assert "cannot be written" in refused(town, "export", "csv", tmp_path / "none" / "a.csv")
    assert "xlsx" in misused(town, "export", "xlsx", tmp_path / "a.xlsx")


def test_a_pipe_or_a_device_is_refused_and_stays_what_it_is(town, tmp_path):
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)

    for file in (pipe, link):
        assert "a device or a pipe" in refused(town, "export", "csv", file)

    assert pipe.is_fifo()
    assert link.is_symlink()


def test_of_a_link_what_it_leads_to_is_replaced(town, tmp_path):
    file, link = tmp_path / "cases.csv", tmp_path / "link"
    link.symlink_to(file)

    printed(town, "export", "csv", link)

    assert link.is_symlink()
    assert file.read_bytes().startswith(b"register,")
