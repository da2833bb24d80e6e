"""Running `tongban` as a person or a script would."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from cli import main

COMMAND = (sys.executable, "-c", "from cli import main; main()")


def tongban(home: Path, *arguments: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)])


def printed(home: Path, *arguments: object) -> str:
    """What a command that succeeds prints."""
    result = tongban(home, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def told(home: Path, *arguments: object) -> Any:
    """What a command that succeeds prints as JSON."""
    return json.loads(printed(home, *arguments, "--json"))


def started(home: Path, *arguments: object) -> subprocess.Popen[bytes]:
    """Start a command in a process of its own."""
    command = [*COMMAND, "--home", str(home), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def refused(home: Path, *arguments: object) -> str:
    """The one line with which a command is refused."""
    result = tongban(home, *arguments)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("tongban: ")
    return line


def misused(home: Path, *arguments: object) -> str:
    """What is said to someone who asks in a way there is not."""
    result = tongban(home, *arguments)
    assert result.exit_code == 2, result.output
    return result.stderr
