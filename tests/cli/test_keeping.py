"""Conflicts are listed, views rebuilt, and damage named by its position."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event
from uuid import UUID

from ledger.case_rows import Which
from ledger.home import Home
from ledger.opening import all_views
from ledger.projections.follower import Follower
from ledger.queries import Queries
from tests.cli.submitting import served, submitted
from tests.commands import misused, printed, refused, told, tongban
from tests.ledger.fakes import Dice

SOON = 10


def test_what_was_contradicted_is_listed(town, second, mapping):
    printed(town, "import", second, "--mapping", mapping, "--register", "town")

    said = printed(town, "conflicts", "--register", "town")
    (conflict,) = told(town, "conflicts")

    assert "town/A  2024-05-02 10:00:00  check\n" in said
    assert (conflict["number"], conflict["activity"]) == ("A", "check")
    assert told(town, "conflicts", "--register", "another") == []


def test_a_view_that_was_spoiled_is_found_and_rebuilt_from_the_log(town):
    with closing(sqlite3.connect(town / "views" / "case_list.sqlite")) as view, view:
        view.execute("UPDATE cases SET status = 'LOST'")
    spoiled = tongban(town, "verify")

    said = printed(town, "rebuild", "case_list")

    assert spoiled.exit_code == 1
    assert "tongban rebuild case_list" in spoiled.stdout
    assert said == "case_list: folded anew from 9 entries\n"
    assert {case["status"] for case in told(town, "cases")} == {"IN_ORDER", "APPLIED"}
    assert told(town, "verify")["wrong"] == []


def test_views_are_rebuilt_beside_a_server_which_goes_on_in_the_new_files(ours):
    home, stop = Home(ours, Dice()), Event()
    with home.writing(), closing(served(home)) as ledger:
        follower = Follower(ledger, home.views, all_views(ledger))
        with closing(follower), ThreadPoolExecutor() as threads:
            running = threads.submit(follower.run, stop)
            assert follower.wait_for(ledger.head, SOON)
            before = {link.name: link.resolve() for link in home.views.glob("*.sqlite")}

            printed(ours, "rebuild")
            one_more = submitted(ledger, UUID(int=77))

            assert follower.wait_for(one_more, SOON)
            listed = Queries(ledger, home.views).cases(Which())
            stop.set()
            ledger.wake()
            running.result()

    assert len(listed) == 2
    assert not any(path.exists() for path in before.values())
    assert told(ours, "verify")["wrong"] == []


def test_every_view_is_rebuilt_unless_one_is_named(town):
    said = printed(town, "rebuild")

    rebuilt = [line.partition(":")[0] for line in said.splitlines()]
    views = (
        "case_list",
        "timeline",
        "holdings",
        "transfers",
        "refusals",
        "handovers",
        "pending",
        "requests",
        "kept",
        "alerts",
        "search",
    )
    assert rebuilt == [*views]


def test_a_view_that_there_is_not_is_named(town):
    assert "there is no view 'dreams'" in misused(town, "rebuild", "dreams")


def test_verify_names_the_position_that_is_wrong_and_fails(town):
    with closing(sqlite3.connect(town / "ledger.sqlite")) as db, db:
        db.execute("DROP TRIGGER merkle_leaves_refuse_update")
        db.execute("UPDATE merkle_leaves SET hash = zeroblob(32) WHERE leaf_index = 3")

    shown, plain = tongban(town, "verify"), tongban(town, "verify", "--json")

    assert (shown.exit_code, plain.exit_code) == (1, 1)
    assert "position 4: the Merkle leaf is not the hash of the entry" in shown.stdout
    # The leaf itself, and the head that was signed over all of them.
    assert [finding["position"] for finding in json.loads(plain.stdout)["wrong"]] == [4, 9]


def test_a_log_that_cannot_be_opened_is_refused_in_one_line(town):
    with closing(sqlite3.connect(town / "ledger.sqlite")) as db, db:
        db.execute("DROP TRIGGER stored_events_refuse_update")
        db.execute("UPDATE stored_events SET state = x'00' WHERE rowid = 9")

    assert "position 9: the entry does not decode" in refused(town, "cases")
