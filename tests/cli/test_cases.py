"""Lists are narrowed, digested, and asked for as they stood."""

import json
import os
import subprocess
from hashlib import sha256

import pytest

from tests.commands import COMMAND, misused, printed, told


def test_cases_are_listed_by_the_names_that_replay_takes(town):
    said = printed(town, "cases")

    assert "town/A  IN_ORDER  2       2024-05-01 10:00:00  2024-05-02 10:00:00\n" in said
    assert said.endswith("cases: 2; times are in UTC\n")


@pytest.mark.parametrize(
    ("which", "numbers"),
    [
        ([], {"A", "B"}),
        (["--status", "IN_ORDER"], {"A"}),
        (["--register", "town"], {"A", "B"}),
        (["--register", "another"], set()),
        (["--as-of", "2024-05-01T10:00"], {"A", "B"}),
        (["--as-of", "2024-05-01T12:00+02:00"], {"A", "B"}),
        (["--as-of", "2024-05-01T09:59:59"], set()),
        (["--as-of", "2024-05-01"], {"A", "B"}),
        (["--as-of", "2024-04-30"], set()),
        (["--as-of", "2024-05-01T12:00", "--status", "APPLIED"], {"A", "B"}),
        (["--recorded-until", "2024-05-03"], set()),
        (["--source-recorded-until", "2030-01-01"], set()),
        (["--position", "5"], {"A"}),
    ],
)
def test_a_list_can_be_narrowed_and_asked_for_as_it_stood(town, which, numbers):
    assert {case["number"] for case in told(town, "cases", *which)} == numbers


def test_a_time_without_an_offset_is_in_utc_wherever_the_machine_stands(town):
    command = [*COMMAND, "--home", town, "cases", "--json", "--as-of", "2024-05-01T10:00"]

    listed = subprocess.check_output(command, env=os.environ | {"TZ": "Asia/Shanghai"})

    assert len(json.loads(listed)) == 2


def test_lines_and_their_digest_are_of_the_same_cases(town):
    which = ["--as-of", "2024-05-01T12:00"]

    lines = printed(town, "cases", "--lines", *which)

    assert lines.splitlines() == [
        "A|APPLIED|1|2024-05-01T10:00:00Z|2024-05-01T10:00:00Z",
        "B|APPLIED|1|2024-05-01T10:00:00Z|2024-05-01T10:00:00Z",
    ]
    digest = sha256(lines.rstrip("\n").encode()).hexdigest()
    assert printed(town, "cases", "--digest", *which) == f"{digest}\n"
    assert told(town, "cases", "--digest", *which) == {"sha256": digest}
    assert told(town, "cases", "--lines", *which) == lines.splitlines()


@pytest.mark.parametrize("option", ["--as-of", "--recorded-until", "--source-recorded-until"])
@pytest.mark.parametrize("time", ["yesterday", "0001-01-01T00:00+01:00", ""])
@pytest.mark.parametrize("command", [["cases"], ["replay", "town/A"]])
def test_a_bad_time_names_its_option(home, command, option, time):
    said = misused(home, *command, option, time)

    assert f"Invalid value for '{option}'" in said
    assert "is not in ISO 8601" in said


def test_a_register_that_could_steer_a_terminal_does_not(home, first, mapping):
    printed(home, "import", first, "--mapping", mapping, "--register", "\x1b[31mred")

    said = printed(home, "cases")

    assert "\x1b" not in said
    assert "�[31mred/A" in said
