"""How views stand, on the terminal; and certificates, from making to verifying."""

import sqlite3
from contextlib import closing
from uuid import UUID

from tests.commands import misused, printed, refused, told, tongban

CERTIFIED = ["case_list", "timeline"]


def test_each_view_is_told_with_how_far_it_is(town):
    told(town, "cases")

    said = printed(town, "views")
    views = told(town, "views")

    assert said.splitlines()[0].split()[:4] == ["VIEW", "VERSION", "POSITION", "LAG"]
    assert {view["position"] for view in views} == {9}
    assert {(view["lag_entries"], view["set_aside"]) for view in views} == {(0, 0)}


def test_views_are_certified_and_verified_with_the_log(town):
    said = printed(town, "certify")
    views = {view["view"]: view["certificate"] for view in told(town, "views")}

    assert [line.partition(":")[0] for line in said.splitlines()][:2] == CERTIFIED
    assert all(views[name]["position"] == 9 for name in CERTIFIED)
    assert views["search"] is None
    assert told(town, "verify")["wrong"] == []


def test_a_certificate_that_was_tampered_with_is_found_by_verify(town):
    printed(town, "certify", "timeline")
    path = town / "certificates" / "timeline.cose"
    *others, last = path.read_bytes()
    path.write_bytes(bytes([*others, last ^ 1]))

    done = tongban(town, "verify")

    assert done.exit_code == 1
    assert "the certificate of timeline does not hold" in done.stdout


def test_a_view_that_differs_is_not_certified(town):
    with closing(sqlite3.connect(town / "views" / "case_list.sqlite")) as view, view:
        view.execute("UPDATE cases SET status = 'LOST'")

    assert "case_list is not the fold of the log" in refused(town, "certify", "case_list")


def test_what_is_personal_is_refused_where_it_is_named(town):
    assert "personal" in refused(town, "certify", "search")


def test_a_view_that_there_is_not_is_named(town):
    assert "there is no view 'dreams'; there are: case_list" in misused(
        town, "certify", "dreams"
    )


def test_what_a_view_set_aside_is_told_and_found_by_verify(town):
    told(town, "cases")
    with closing(sqlite3.connect(town / "views" / "timeline.sqlite")) as view, view:
        add = "INSERT INTO quarantined VALUES (4, ?, 'KeyError', '2026-02-10T02:00:00Z')"
        view.execute(add, [UUID(int=1).hex])

    said = printed(town, "views")
    done = tongban(town, "verify")
    mended = tongban(town, "rebuild", "timeline")

    assert "timeline set position 4 aside: KeyError" in said
    assert done.exit_code == 1
    assert "position 4: the view timeline has set this entry aside: KeyError" in done.stdout
    assert mended.exit_code == 0
    assert told(town, "verify")["wrong"] == []
