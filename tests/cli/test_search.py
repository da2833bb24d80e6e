"""Cases are found on the command line; what is personal only where it was asked for."""

import pytest

from tests.commands import misused, printed, refused, told, tongban


def numbers(rows):
    return [row["number"] for row in rows]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["apply"], {"A", "B"}),
        (["town", "compl"], {"A"}),
        (["--status", "APPLIED"], {"B"}),
        (["apply", "--register", "town", "--limit", "5"], {"A", "B"}),
        (["--changed-from", "2024-05-02"], {"A"}),
        (["--opened-until", "2024-05-01T10:00"], {"A", "B"}),
        (["--overdue"], set()),
        (["nowhere"], set()),
        (["apply", "NOT", "a"], set()),
    ],
)
def test_imported_cases_are_found_by_what_happened_in_them(town, asked, found):
    assert set(numbers(told(town, "search", *asked))) == found


def test_what_is_found_is_a_table_of_the_names_that_replay_takes(town):
    said = printed(town, "search", "town", "check")

    assert said.splitlines()[1].split() == [
        *("town/A", "IN_ORDER", "2024-05-01", "10:00:00", "2024-05-02", "10:00:00")
    ]
    assert said.endswith("cases: 1; times are in UTC\n")


@pytest.mark.parametrize(
    "words", ["食品经营许可", "食品經營許可", "food licence", "肇慶市 收件"]
)
def test_a_case_of_ours_is_found_in_each_language(ours, words):
    (row,) = told(ours, "search", *words.split())

    assert row["status"] == "RECEIVED"
    assert told(ours, "replay", row["id"])["number"] == row["number"]
    assert told(ours, "replay", row["id"].replace("-", ""))["id"] == row["id"]


def test_a_form_is_looked_at_only_where_that_was_asked_for(ours):
    assert told(ours, "search", "chan", "tai") == []
    assert len(told(ours, "search", "chan", "tai", "--personal")) == 1


def test_cases_are_counted_by_what_they_have_in_common(town):
    said = printed(town, "search", "--count")

    assert told(town, "search", "apply", "--count") == {
        "cases": 2,
        "register": {"town": 2},
        "status": {"APPLIED": 1, "IN_ORDER": 1},
        "authority": {},
        "item": {},
    }
    assert "status    IN_ORDER  1\n" in said
    assert said.endswith("cases: 2\n")


@pytest.mark.parametrize("words", ["🙂", "-", "a" * 401])
def test_where_there_is_nothing_to_look_for_it_is_said(town, words):
    assert "nothing in it to look for" in misused(town, "search", "--", words)


@pytest.mark.parametrize("command", ["search", "cases"])
def test_a_value_that_no_case_has_is_answered_with_those_that_there_are(town, command):
    status = tongban(town, command, "--status", "GRANTD", "--json")
    register = tongban(town, command, "--register", "twon")
    both = tongban(town, command, "--register", "town", "--status", "PENDING")
    none = tongban(town, command, "--register", "town")

    assert (status.exit_code, status.stdout) == (0, "[]\n")
    assert status.stderr == "no case has the status 'GRANTD'; statuses: APPLIED, IN_ORDER\n"
    assert register.stderr == "no case has the register 'twon'; registers: town\n"
    assert both.stderr == "no case has the status 'PENDING'; statuses: APPLIED, IN_ORDER\n"
    assert none.stderr == ""


def test_a_home_without_a_ledger_is_refused(home):
    assert "there is no ledger" in refused(home, "search", "a")


def test_until_a_day_is_until_its_end(town):
    day = told(town, "search")[0]["first"][:10]

    assert told(town, "search", "--opened-from", day, "--opened-until", day)
    assert told(town, "cases", "--as-of", day)
