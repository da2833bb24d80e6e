"""Three regions hand cases to each other, each a process of its own, and both sides agree."""

import subprocess

from tests.commands import COMMAND, told

SECONDS = 120


def test_cases_are_handed_between_three_regions_and_both_sides_agree(home):
    command = [*COMMAND, "--home", home, "regions"]

    shown = subprocess.run(
        command, capture_output=True, text=True, timeout=SECONDS, check=False
    )

    assert shown.returncode == 0, shown.stderr
    assert "the case reads CLOSED" in shown.stdout
    assert shown.stdout.count("both sides agree\n") == 2
    sides = {}
    for name in ("CN-GD", "CN-GX"):
        [sides[name]] = told(home / name, "agree", "--offline")
    gd, gx = sides["CN-GD"], sides["CN-GX"]
    assert (gd["sent"], gd["received"]) == (gx["received"], gx["sent"])
    assert gd["sent"] >= 8
    assert gx["sent"] >= 3
    assert not gd["waiting"]
    assert not gx["waiting"]
