"""Three regions hand cases to each other, each a process of its own, and both sides agree."""

import json
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import demo
from demo.errors import DemoFailed
from demo.three_regions import Running, until_witnessed
from tests.commands import COMMAND, told

SECONDS = 120
ROWS = ("CN-GD  ", "CN-GX  ")


def test_cases_are_handed_between_three_regions_and_both_sides_agree(home):
    command = [*COMMAND, "--home", home, "regions"]

    shown = subprocess.run(
        command, capture_output=True, text=True, timeout=SECONDS, check=False
    )

    assert shown.returncode == 0, shown.stderr
    assert "the case reads CLOSED" in shown.stdout
    assert shown.stdout.count("both sides agree\n") == 2
    rows = [line.split() for line in shown.stdout.splitlines() if line.startswith(ROWS)]
    assert [row[0] for row in rows] == ["CN-GX", "CN-GD"]
    assert all("-" not in row for row in rows), rows
    sides = {}
    for name in ("CN-GD", "CN-GX"):
        [sides[name]] = told(home / name, "agree", "--offline")
    gd, gx = sides["CN-GD"], sides["CN-GX"]
    assert (gd["sent"], gd["received"]) == (gx["received"], gx["sent"])
    assert gd["sent"] >= 8
    assert gx["sent"] >= 3
    assert not gd["waiting"]
    assert not gx["waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched(Running):
    """A region that says in turn what it and its partner cosigned, the last for ever."""

    cosigned: list[tuple[int | None, int | None]]
    asked: list[tuple[str, ...]] = field(default_factory=list)

    async def command(self, *arguments):
        self.asked.append(arguments)
        if arguments == ("agree",):
            return "both sides agree"
        we, it = self.cosigned.pop(0) if len(self.cosigned) > 1 else self.cosigned[0]
        return json.dumps([{"we_cosigned": we, "it_cosigned": it}])


async def test_the_regions_are_compared_once_each_has_cosigned_the_others_log(monkeypatch):
    gd = watched("CN-GD", (None, None), (5, None), (5, 7))
    gx = watched("CN-GX", (7, 5))
    monkeypatch.setattr(demo, "three_regions", asynccontextmanager(lambda _: given((gd, gx))))
    monkeypatch.setattr(demo, "hand_over", handed_over)

    await demo.demonstrate_regions(Path(), stay=False, say=lambda _: None)

    look = ("agree", "--offline", "--json")
    assert gd.asked == [look, look, look, ("agree",)]
    assert gx.asked == [look, ("agree",)]


@pytest.mark.parametrize("cosigned", [(None, None), (5, None), (None, 5)])
async def test_regions_that_do_not_witness_each_other_fail_the_demo(cosigned):
    with pytest.raises(DemoFailed, match="CN-GX"):
        await until_witnessed([watched("CN-GD", (5, 7)), watched("CN-GX", cosigned)], seconds=0)


def watched(name, *cosigned):
    return Watched(name=name, url="", folder=Path(), environ={}, cosigned=[*cosigned])


async def given(both):
    yield both


async def handed_over(*_):
    pass
