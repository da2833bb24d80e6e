"""Sessions are for who works here."""

import pytest

from tests.commands import misused, printed, told


def test_sessions_are_given_also_where_the_log_began_without_any(town):
    assert told(town, "session", "--role", "supervisor", "--id", "s-1")["token"]


def test_a_session_is_printed_for_who_works_here(home):
    token = printed(home, "session", "--role", "supervisor", "--id", "s-1").strip()
    plain = told(home, "session", "--role", "operator", "--id", "o-1")

    assert token.isascii()
    assert plain.keys() == {"token"}


@pytest.mark.parametrize("role", ["clerk", "reviewer", "approver"])
def test_officials_act_for_an_authority(home, role):
    assert "--authority" in misused(home, "session", "--role", role, "--id", "1")


@pytest.mark.parametrize("role", ["applicant", "agent", "clock", "king"])
def test_nobody_else_gets_a_session_this_way(home, role):
    assert "--role" in misused(home, "session", "--role", role, "--id", "1")
