"""Homes of older forms, of which one of 0.1.0's first is kept, and of newer ones."""

import tarfile
from pathlib import Path

import pytest

from ledger.errors import HomeUnusable
from ledger.home_format import FORMAT, Step, bring_up, format_of, pending
from tests.commands import printed, refused, told

GOLDEN = Path(__file__).parent / "golden" / "home-0.1.0.tar.xz"
DIGEST = "9ef526e6efd18c4421cf8b9ef5cc7354c0c561d2e984b7247a60c73f557b23f8"
"""What the version that made it said of its cases."""


@pytest.fixture
def old(home):
    """A home as 0.1.0 first made them, with one case of a made-up person."""
    with tarfile.open(GOLDEN) as archive:
        archive.extractall(home, filter="data")
    return home


def files(home):
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(old):
    before = files(old)

    shown = printed(old, "migrate", "--dry-run")

    assert shown.splitlines()[0] == f"form 1 of {FORMAT}"
    assert shown.splitlines()[1].startswith("to form 2: ")
    assert shown.splitlines()[-1] == "nothing was done"
    assert files(old) == before


def test_the_first_form_of_all_is_brought_up_and_its_log_is_as_it_was_written(old):
    entries = (old / "checkpoint").read_bytes()

    first, again = told(old, "migrate"), told(old, "migrate")

    assert (first["form"], first["done"]) == (1, [*range(2, FORMAT + 1)])
    assert (again["form"], again["done"]) == (FORMAT, [])
    assert told(old, "verify") == {"entries": 8, "streams": 4, "wrong": []}
    assert printed(old, "cases", "--digest").strip() == DIGEST
    assert (old / "checkpoint").read_bytes() == entries


def test_a_home_of_a_newer_form_is_refused_with_advice_and_not_touched(old):
    (old / "format").write_text(f"{FORMAT + 1}\n")
    before = files(old)

    for command in (["migrate"], ["cases"], ["serve", "--port", "0"], ["verify"]):
        assert "run the newer version again" in refused(old, *command)

    assert files(old) == before


@pytest.mark.parametrize("text", ["", "two", "0", "-1", "2 3"])
def test_a_form_that_is_no_number_is_refused(old, text):
    (old / "format").write_text(text)

    assert "the number of the home's form" in refused(old, "cases")


def test_a_new_home_is_of_our_form(home, first, mapping):
    printed(home, "import", first, "--mapping", mapping)

    assert format_of(home) == FORMAT


def steps_of(done):
    return [
        Step(to=2, does="…", at_start=True, run=lambda _: done.append(2)),
        Step(to=3, does="…", at_start=False, run=lambda _: done.append(3)),
        Step(to=4, does="…", at_start=True, run=lambda _: done.append(4)),
    ]


def test_a_start_does_nothing_where_one_step_has_to_be_asked_for(old):
    done: list[int] = []

    with pytest.raises(HomeUnusable, match="make a backup, then run `tongban migrate`"):
        bring_up(old, asked=False, steps=steps_of(done))

    assert (done, format_of(old)) == ([], 1)


def test_a_migration_that_was_cut_short_goes_on_where_it_was(old):
    done: list[int] = []
    first, second, third = steps_of(done)

    with pytest.raises(ZeroDivisionError):
        bring_up(
            old,
            asked=True,
            steps=[first, Step(to=3, does="…", at_start=True, run=lambda _: 1 / 0)],
        )
    left = [step.to for step in pending(old, [first, second, third])]
    bring_up(old, asked=True, steps=[first, second, third])

    assert (left, done, format_of(old, 4)) == ([3, 4], [2, 3, 4], 4)
