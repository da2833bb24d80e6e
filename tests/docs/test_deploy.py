"""What is deployed with: the unit and the container file, as far as they hold unrun."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from service.sections import KEYS
from service.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = (DEPLOY / "tongban.service").read_text()
CONTAINER = (DEPLOY / "Containerfile").read_text()
ANALYZE = shutil.which("systemd-analyze") or ""
OURS = "/opt/tongban/bin/tongban"


class Unit(ConfigParser):
    """A unit file, whose names are told apart by their case."""

    def optionxform(self, optionstr):
        return optionstr


def service():
    read = Unit(strict=False, interpolation=None)
    read.read_string(UNIT)
    return read["Service"]


@pytest.mark.parametrize("name", ["ExecStartPre", "ExecStart"])
def test_the_unit_gives_commands_that_there_are(name):
    command, *arguments = service()[name].split()

    assert command == OURS
    assert CliRunner().invoke(main, [*arguments, "--help"]).exit_code == 0


def test_the_unit_waits_longer_than_the_service_takes_to_end(tmp_path):
    default = Settings(home=tmp_path)

    needed = default.drain_seconds + 2 * default.shutdown_seconds

    assert int(service()["TimeoutStopSec"]) > needed


@pytest.mark.skipif(not ANALYZE, reason="there is no systemd here")
def test_systemd_takes_the_unit(tmp_path):
    unit = tmp_path / "tongban.service"
    unit.write_text(UNIT.replace(OURS, "/bin/true"))

    found = subprocess.run(
        [ANALYZE, "verify", "--man=no", unit],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("text", [UNIT, CONTAINER], ids=["unit", "container"])
def test_variables_that_are_set_are_read(text):
    known = {key.variable for key in KEYS} | {"TONGBAN_HOME"}

    assert set(re.findall(r"TONGBAN_[A-Z_]+", text)) <= known


def test_the_container_is_nobody_special_and_is_asked_whether_it_lives():
    last = CONTAINER.rpartition("\nFROM ")[2]

    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert "http://127.0.0.1:8080/live" in last
    assert 'ENTRYPOINT ["/opt/tongban/bin/tongban"]\nCMD ["serve"]' in last
    assert "--require-hashes -r requirements/run.txt" in CONTAINER
