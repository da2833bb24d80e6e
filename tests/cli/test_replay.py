"""A case is told from its entries, and personal fields only to who asks."""

import sqlite3
from contextlib import closing
from uuid import UUID

import pytest

from tests.cli.logs import NAME, OURS
from tests.commands import printed, refused, told
from tests.ledger.cases import FORM


def test_an_imported_case_is_told_fact_by_fact_as_they_occurred(town, second, mapping):
    printed(town, "import", second, "--mapping", mapping, "--register", "town")

    head, _, facts = printed(town, "replay", "town/A").partition("\n\n")

    assert head.startswith("town/A  IN_ORDER\n  facts that count: 2; superseded: 1\n")
    titles, *rows = facts.splitlines()
    assert titles.split("  ")[0] == "OCCURRED"
    assert [" ".join(row.split()) for row in rows] == [
        "2024-05-01 10:00:00 not known apply → APPLIED",
        "2024-05-01 10:00:00 not known check = True → COMPLETE",
        "2024-05-02 10:00:00 not known check = True → COMPLETE superseded by delivery 2",
    ]


def test_a_script_learns_which_facts_were_superseded(town, second, mapping):
    printed(town, "import", second, "--mapping", mapping, "--register", "town")

    case = told(town, "replay", "town/A")

    assert (case["register"], case["number"], case["status"]) == ("town", "A", "IN_ORDER")
    marked = [(each["event"], each["superseded"]) for each in case["timeline"]]
    assert marked == [
        ("history.opened.v1", False),
        ("fact.recorded.v1", False),
        ("fact.recorded.v1", True),
        ("fact.recorded.v1", False),
        ("fact.superseded.v1", False),
    ]


def test_a_replay_can_be_asked_as_it_stood(town):
    said = printed(town, "replay", "town/A", "--as-of", "2024-05-01T12:00")

    assert said.startswith("town/A  APPLIED\n")
    assert "COMPLETE" not in said


def test_a_case_of_ours_is_told_on_the_clocks_of_its_authority(ours):
    (case,) = told(ours, "cases")

    said = printed(ours, "replay", case["number"])

    assert said.startswith(f"{case['number']}  RECEIVED\n  Food operation licence (new)")
    assert "times are in Asia/Shanghai" in said
    assert "  intake due 2026-02-24 (5 working days from 2026-02-10" in said
    assert (
        "2026-02-10 12:00:00+08:00  applicant verified\n    by applicant applicant-1 (portal)"
        in said
    )
    assert "    in effect from 2026-02-10 11:57:00+08:00\n" in said
    assert "2026-02-10 12:00:00+08:00  application received\n" in said
    assert "    under Licensing Law art. 32\n" in said
    assert "    form: sealed\n" in said


def test_a_case_is_found_by_its_receipt_and_by_its_id(ours):
    by_id = told(ours, "replay", OURS)

    assert told(ours, "replay", by_id["number"]) == by_id


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_personal_fields_are_opened_only_where_it_was_asked_for(town, ours, form):
    (case,) = [case for case in told(ours, "cases") if case["register"] is None]
    names = {case["number"]: FORM["shop"], "town/A": NAME}

    for which, name in names.items():
        assert name not in printed(ours, "replay", which, *form)
        assert name in printed(ours, "replay", which, "--personal", *form)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_person_whose_key_was_destroyed_stays_erased_whatever_is_asked(town, ours, form):
    with closing(sqlite3.connect(ours / "keys" / "subjects.sqlite")) as keys, keys:
        keys.execute("DELETE FROM subject_keys")

    for which in (OURS, "town/A"):
        said = printed(ours, "replay", which, "--personal", *form)
        assert "erased" in said
        assert "sealed" not in said


def test_a_text_that_could_steer_a_terminal_does_not(home, first, mapping):
    printed(home, "import", first, "--mapping", mapping, "--register", "\x1b[31mred")

    said = printed(home, "replay", "\x1b[31mred/A")

    assert said.startswith("\N{REPLACEMENT CHARACTER}[31mred/A  IN_ORDER\n")


@pytest.mark.parametrize("case", ["nobody", "town/C", str(UUID(int=9))])
def test_a_case_that_is_not_there_is_refused_in_one_line(town, case):
    assert "there is no case" in refused(town, "replay", case)


def test_a_case_that_is_not_there_is_named_as_it_was_asked_for(town):
    assert "there is no case town/S-9, or not yet" in refused(town, "replay", "town/S-9")


@pytest.mark.parametrize("option", [["--as-of", "1990-01-01"], ["--position", 6]])
def test_an_imported_case_is_not_there_before_its_first_fact(town, option):
    for more in ([], ["--steps"], ["--json"]):
        said = refused(town, "replay", "town/B", *option, *more)

        assert "there is no case town/B, or not yet at that point" in said
