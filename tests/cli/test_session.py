"""Sessions are for who works here."""

import json
import os

import pytest

from ledger.home import Home
from server import open_sessions
from tests.commands import misused, printed, refused, told

HERE = "gd.zhaoqing.market-regulation"


def test_sessions_are_given_also_where_the_log_began_without_any(town):
    assert told(town, "session", "--role", "supervisor", "--id", "s-1")["token"]


def test_a_session_is_printed_for_who_works_here(town):
    token = printed(town, "session", "--role", "supervisor", "--id", "s-1").strip()
    plain = told(town, "session", "--role", "operator", "--id", "o-1")

    assert token.isascii()
    assert plain.keys() == {"token"}


def test_a_session_names_the_status_lists_of_the_service_it_is_for(town, monkeypatch):
    monkeypatch.setenv("TONGBAN_PUBLIC_URL", "https://tongban.example")
    token = told(town, "session", "--role", "supervisor", "--id", "s-1")["token"]

    read = open_sessions(Home(town, os.urandom)).read(token)

    assert read.status is not None
    assert read.status.uri == "https://tongban.example/status/sessions"


@pytest.mark.parametrize("role", ["clerk", "reviewer", "approver"])
def test_officials_act_for_an_authority(home, role):
    assert "--authority" in misused(home, "session", "--role", role, "--id", "1")


@pytest.mark.parametrize("role", ["applicant", "agent", "clock", "king"])
def test_nobody_else_gets_a_session_this_way(home, role):
    assert "--role" in misused(home, "session", "--role", role, "--id", "1")


@pytest.mark.parametrize("id", ["", "Chan Tai Man", "1024\n", "陈", "a" * 65, "1/2"])
def test_a_number_in_the_office_is_no_name(home, id):
    said = misused(home, "session", "--role", "operator", "--id", id)

    assert "'--id': 1 to 64 letters, digits, '.', '_' or '-'" in said
    assert not home.exists()


@pytest.mark.parametrize("id", ["1024", "gd.zq_mr-07", "a" * 64])
def test_a_number_in_the_office_is_theirs_to_choose(town, id):
    assert told(town, "session", "--role", "operator", "--id", id)["token"]


def test_an_authority_that_the_catalogue_does_not_have_is_named(home):
    said = misused(home, "session", "--role", "clerk", "--id", "1", "--authority", "gd.nowhere")

    assert "the catalogue has no authority 'gd.nowhere'; it has " in said
    assert "gd.zhaoqing.market-regulation" in said
    assert not home.exists()


def test_an_authority_may_be_ours_or_the_operators(town, tmp_path, monkeypatch):
    theirs = {
        "id": "gd.zhaoqing.trial-office",
        "region": "CN-GD",
        "calendar": "CN",
        "names": {
            "hans": "肇庆市试办处",
            "hant": "肇慶市試辦處",
            "en": "Trial office of Zhaoqing",
        },
    }
    (tmp_path / "added" / "items").mkdir(parents=True)
    (tmp_path / "added" / "authorities.json").write_text(json.dumps([theirs]))
    monkeypatch.setenv("TONGBAN_ITEMS", str(tmp_path / "added"))

    for authority in ("gd.zhaoqing.market-regulation", theirs["id"]):
        asked = ["session", "--role", "clerk", "--id", "1", "--authority", authority]
        assert told(town, *asked)["token"]


@pytest.mark.parametrize(
    "command",
    [
        ["session", "--role", "supervisor"],
        ["session", "--role", "clerk", "--authority", HERE],
        ["staff-key", "issue", "--role", "clerk", "--authority", HERE],
    ],
)
def test_a_folder_without_a_ledger_gives_no_session_and_no_key(home, command):
    said = refused(home, *command, "--id", "1")

    assert f"there is no ledger in {home}" in said
    assert not home.exists()


def test_a_session_for_another_regions_authority_is_for_another_home(town):
    nanning = "gx.nanning.government-services"

    said = misused(town, "session", "--role", "clerk", "--id", "1", "--authority", nanning)

    assert f"{nanning} is of CN-GX, and this home of CN-GD" in said
