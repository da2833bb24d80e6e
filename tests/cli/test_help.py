"""Help is quick, a home is found, and one that is not there is said to be so."""

import json
import subprocess
import sys
from hashlib import sha256

import pytest

from ledger.home import Home
from tests.cli.submitting import served
from tests.commands import COMMAND, printed, refused, told
from tests.ledger.fakes import Dice


def test_help_names_every_command_in_the_order_of_use(home):
    shown = printed(home, "--help")

    lines = shown.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in lines] == [
        "serve",
        "demo",
        "regions",
        "openapi",
        "import",
        "session",
        "cases",
        "replay",
        "conflicts",
        "search",
        "diff",
        "view",
        "export",
        "rebuild",
        "views",
        "certify",
        "verify",
        "bundle",
        "verify-bundle",
        "evidence",
        "verify-evidence",
        "accept-head",
        "check-code",
        "check-answer",
        "restrict",
        "lift",
        "erase",
        "subject-copy",
        "retention",
        "rotate-master",
        "rotate-log-key",
        "backup",
        "restore",
        "drill",
        "agree",
        "keys",
        "partner",
        "staff-key",
        "config",
        "migrate",
    ]
    assert not any("..." in line for line in lines)


def test_help_loads_nothing_heavy():
    heavy = "{'aiohttp', 'asyncio', 'eventsourcing', 'msgspec', 'rich', 'sqlite_utils'}"
    code = f"import sys, cli; sys.exit(str({heavy} & sys.modules.keys() or '') or 0)"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert found.stderr == b""


def test_the_home_may_be_named_before_or_after_the_command_or_around_it(
    town, tmp_path, monkeypatch
):
    before = told(town, "cases")

    after = told(tmp_path / "elsewhere", "cases", "--home", town)
    monkeypatch.setenv("TONGBAN_HOME", str(town))
    around = subprocess.check_output([*COMMAND, "cases", "--json"])

    assert len(before) == 2
    assert after == before
    assert json.loads(around) == before


@pytest.mark.parametrize(
    "command",
    [
        "cases",
        "replay 1",
        "conflicts",
        "verify",
        "rebuild",
        "rebuild timeline",
        "views",
        "certify",
        "search food",
        "diff 1",
        "view timeline",
        "session --role operator --id o-1",
    ],
)
def test_who_reads_a_folder_without_a_ledger_is_told_so_and_makes_nothing(home, command):
    said = refused(home, *command.split())

    assert f"there is no ledger in {home}; serve, demo or import begins one" in said
    assert not home.exists()


def test_keys_alone_are_no_ledger_and_give_no_session(home):
    Home(home, Dice())

    assert "there is no ledger" in refused(home, "cases")
    assert "there is no ledger" in refused(home, "session", "--role", "operator", "--id", "o-1")


def test_an_empty_ledger_can_be_read(home):
    served(Home(home, Dice())).close()

    assert told(home, "cases") == []
    assert told(home, "conflicts") == []
    assert printed(home, "cases", "--digest") == f"{sha256(b'').hexdigest()}\n"
    assert told(home, "verify") == {"entries": 1, "streams": 1, "wrong": []}


def test_a_home_that_cannot_be_made_is_refused_in_one_line(tmp_path, first, mapping):
    (tmp_path / "file").touch()

    assert "cannot be used" in refused(
        tmp_path / "file" / "home", "import", first, "--mapping", mapping
    )
