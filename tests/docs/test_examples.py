"""What the README shows of the command line is what the command line says."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "README.md").read_text().partition("## Importing a history")[2]
BLOCKS = re.findall("```console\n(.*?)```", SECTION, re.DOTALL)
COMMANDS = re.findall(r"^\$ (tongban .*)\n((?:(?!\$ ).*\n)*)", "".join(BLOCKS), re.MULTILINE)
THE_REST = "...\n"


def test_the_readme_shows_an_import_from_log_to_verification():
    shown = [command.split()[1] for command, _ in COMMANDS]

    assert list(dict.fromkeys(shown)) == ["import", "cases", "conflicts", "replay", "verify"]


def test_every_command_of_the_import_answers_as_the_readme_says(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    runner = CliRunner(env={"TONGBAN_HOME": str(tmp_path)})

    for command, shown in COMMANDS:
        answer = runner.invoke(main, shlex.split(command)[1:])

        assert answer.exit_code == 0, answer.output
        expected = shown.removesuffix(THE_REST)
        assert answer.output[: len(expected)] == expected, command
        assert shown.endswith(THE_REST) or answer.output == shown, command


@pytest.mark.parametrize("name", list(main.commands))
def test_every_command_is_in_the_readmes_table(name):
    assert re.search(rf"^\| `tongban {name}\b", SECTION, re.MULTILINE)
