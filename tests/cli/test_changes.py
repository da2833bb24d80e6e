"""What became of a case, step by step or between two points, and whole views as they stood."""

import pytest

from tests.cli.logs import NAME, OURS
from tests.commands import misused, printed, refused, told
from tests.ledger.cases import FORM


def test_a_case_is_told_step_by_step(town):
    steps = told(town, "replay", "town/A", "--steps")
    said = printed(town, "replay", "town/A", "--steps")

    assert [step["event"] for step in steps] == [
        "history.opened.v1",
        "fact.recorded.v1",
        "fact.recorded.v1",
    ]
    changed = {each["path"]: (each["old"], each["new"]) for each in steps[2]["changes"]}
    assert changed["status"] == ("APPLIED", "IN_ORDER")
    assert changed["facts.3.activity"] == (None, "check")
    assert "    status: APPLIED \N{RIGHTWARDS ARROW} IN_ORDER\n" in said
    assert "\n3. fact recorded, by operator, recorded 20" in said


@pytest.mark.parametrize(
    ("points", "status"),
    [
        (["--to", "version=2"], (None, "APPLIED")),
        (["--from", "version=2"], ("APPLIED", "IN_ORDER")),
        (["--from", "version=3", "--to", "version=2"], ("IN_ORDER", "APPLIED")),
        (["--from", "as-of=2024-05-01T12:00"], ("APPLIED", "IN_ORDER")),
        (["--from", "as-of=2024-05-01T12:00+02:00"], ("APPLIED", "IN_ORDER")),
        (["--from", "version=1", "--from", "as-of=2024-05-03"], ("PENDING", "IN_ORDER")),
        (["--from", "recorded-until=2024-05-03"], (None, "IN_ORDER")),
        (["--from", "version=3"], None),
    ],
)
def test_a_difference_is_between_two_points(town, points, status):
    changes = {each["path"]: each for each in told(town, "diff", "town/A", *points)}

    if status is None:
        assert changes == {}
    else:
        assert (changes["status"]["old"], changes["status"]["new"]) == status
        assert changes["status"]["entry"]["event"] == "fact.recorded.v1"


def test_a_difference_is_told_with_the_entry_that_made_it(ours):
    said = printed(ours, "diff", OURS, "--from", "version=1")

    assert (
        "status: DRAFT \N{RIGHTWARDS ARROW} RECEIVED\n"
        "    2. application received, by applicant, recorded 2026-02-10T04:00:00.000000Z,"
    ) in said
    assert "duties.intake.due: nothing \N{RIGHTWARDS ARROW} 2026-02-24\n" in said


@pytest.mark.parametrize("command", [["diff"], ["replay", "--steps"]])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_personal_fields_are_opened_only_where_it_was_asked_for(town, ours, command, form):
    for case, name in ((OURS, FORM["shop"]), ("town/A", NAME)):
        sealed = printed(ours, *command, case, *form)
        assert name not in sealed
        assert "sealed" in sealed
        assert name in printed(ours, *command, case, "--personal", *form)


@pytest.mark.parametrize(
    "point", ["3", "version", "version=0", "version=x", "as-of=yesterday", "subject=a"]
)
def test_a_bad_point_names_its_option(town, point):
    assert "Invalid value for '--from'" in misused(town, "diff", "town/A", "--from", point)


def test_a_point_told_twice_is_refused(town):
    twice = ("--to", "version=1", "--to", "version=2")

    assert "once each" in misused(town, "diff", "town/A", *twice)


def test_a_case_that_was_not_there_yet_has_no_difference(town):
    said = refused(town, "diff", "town/A", "--to", "recorded-until=2024-05-03")

    assert "at either point" in said


# Whole views


def test_a_whole_view_is_shown_as_it_stood(town):
    now, then = (
        told(town, "view", "case_list", *cut) for cut in ([], ["--as-of", "2024-05-01T12:00"])
    )

    assert {row["number"]: row["status"] for row in now["cases"]} == {
        "A": "IN_ORDER",
        "B": "APPLIED",
    }
    assert {row["status"] for row in then["cases"]} == {"APPLIED"}
    assert len(told(town, "view", "timeline", "--position", "3")["timeline"]) <= 3


def test_a_view_at_the_head_of_the_log_is_the_view_of_now(town):
    timeline = told(town, "view", "timeline")["timeline"]
    head = max(row["position"] for row in timeline) + 1

    now = printed(town, "view", "timeline", "--digest")

    assert printed(town, "view", "timeline", "--digest", "--position", head) == now
    assert told(town, "view", "timeline", "--digest") == {"sha256": now.strip()}
    assert printed(town, "view", "timeline", "--digest", "--position", head - 2) != now
    assert printed(town, "view", "timeline").startswith("timeline:\n{")


def test_a_view_of_what_is_personal_is_shown_only_where_it_was_asked_for(ours):
    assert "--personal" in misused(ours, "view", "search")
    assert "--personal" in misused(ours, "view", "search", "--json")
    assert len(printed(ours, "view", "search", "--digest")) == 65
    assert "chan" in printed(ours, "view", "search", "--personal")


def test_a_view_that_is_not_there_is_answered_with_those_that_are(town):
    assert "case_list" in misused(town, "view", "nothing")
