"""Views follow the log: every entry once, rows and position together, whatever happens."""

import threading
from contextlib import closing
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from ledger.opening import all_views
from ledger.projections.follower import Follower, rebuild
from ledger.projections.view import content_digest, position, read_only
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    APPROVER,
    CASE,
    CLERK,
    COMMIT,
    GRANT,
    REVIEW,
    REVIEWER,
    SUBMIT,
)
from tests.ledger.ledgers import do


class Steps:
    """A view of this test's own: how each entry left its case; `broken` is a position."""

    name = "steps"
    version = 1
    tables = ("steps",)

    def __init__(self, broken=None):
        self.broken = broken

    def create(self, db):
        db.table("steps").create(
            {"position": int, "status": str, "committed": int}, pk="position"
        )

    def apply(self, db, entries, folds):
        for entry in entries:
            case = folds.apply(entry)
            if case is not None:
                row = (entry.position, case.status, len(case.committed))
                db.execute("INSERT INTO steps VALUES (?, ?, ?)", row)
            if entry.position == self.broken:
                raise RuntimeError("the disk is full")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "100% of the views?"
    folder.mkdir()
    return folder


@pytest.fixture
def follow(ledger, folder):
    """Makes followers of `views`, all of them unless named."""
    made = []

    def follow(*views):
        made.append(Follower(ledger, folder, views or all_views(ledger)))
        return made[-1]

    yield follow
    for follower in made:
        follower.close()


def read(folder, view):
    """The position and the digest of what a reader finds."""
    with closing(read_only(folder / f"{view.name}.sqlite")) as db:
        return position(db), content_digest(db, view)


def rows(folder, view=Steps):
    with closing(read_only(folder / f"{view.name}.sqlite")) as db:
        return [tuple(row) for row in db.execute(f"SELECT * FROM {view.tables[0]}")]


def a_case(ledger, number=1):
    case_id = UUID(int=number)
    do(ledger, replace(SUBMIT, case_id=case_id), APPLICANT)
    do(ledger, replace(COMMIT, case_id=case_id), APPLICANT)
    do(ledger, replace(ACCEPT, case_id=case_id), CLERK)


def test_views_follow_the_log_to_its_head(ledger, folder, follow):
    a_case(ledger)

    reached = follow(Steps()).catch_up()

    assert reached == ledger.head == 5
    assert rows(folder) == [
        (2, "DRAFT", 0),
        (3, "RECEIVED", 0),
        (4, "RECEIVED", 1),
        (5, "ACCEPTED", 1),
    ]


def test_nothing_is_applied_twice(ledger, folder, follow):
    a_case(ledger)
    follower = follow(Steps())
    follower.catch_up()

    follower.catch_up()

    assert len(rows(folder)) == 4


def test_rows_and_position_are_committed_together_or_not_at_all(ledger, folder, follow):
    follow(Steps()).catch_up()
    a_case(ledger)

    with pytest.raises(RuntimeError):
        follow(Steps(broken=4)).catch_up()

    assert rows(folder) == []
    assert read(folder, Steps())[0] == 1


def test_a_view_that_failed_goes_on_as_if_it_had_not(ledger, folder, follow):
    a_case(ledger)
    view = Steps(broken=5)
    follower = follow(view)
    with pytest.raises(RuntimeError):
        follower.catch_up()

    view.broken = None
    follower.catch_up()

    assert rows(folder)[0] == (2, "DRAFT", 0)
    assert len(rows(folder)) == 4


def test_one_view_that_fails_does_not_hold_the_log_back_for_the_next(ledger, folder, follow):
    a_case(ledger)
    follower = follow(*all_views(ledger), Steps(broken=2))

    with pytest.raises(RuntimeError):
        follower.catch_up()

    assert [read(folder, view)[0] for view in all_views(ledger)] == [5, 5]


def test_a_follower_goes_on_where_another_stopped(ledger, folder, follow):
    a_case(ledger)
    first = follow(Steps())
    first.catch_up()
    first.close()
    do(ledger, replace(REVIEW, case_id=UUID(int=1)), REVIEWER)
    seen: list[Any] = []

    follow(Steps()).catch_up(seen.append)

    assert seen == [6]
    assert rows(folder)[-1] == (6, "UNDER_REVIEW", 1)


def test_a_rebuild_gives_what_following_gave(ledger, folder, follow):
    follower = follow()
    for number in range(1, 4):
        a_case(ledger, number)
        follower.catch_up()
    followed = {view.name: read(folder, view) for view in all_views(ledger)}

    for view in all_views(ledger):
        rebuild(ledger, folder, view)

    assert {view.name: read(folder, view) for view in all_views(ledger)} == followed


def test_a_rebuild_mends_rows_that_were_tampered_with(ledger, folder, follow):
    a_case(ledger)
    follower = follow(Steps())
    follower.catch_up()
    good = read(folder, Steps())
    follower.files[0].database().execute("UPDATE steps SET status = 'GRANTED'")

    assert read(folder, Steps()) != good
    rebuild(ledger, folder, Steps())

    assert read(folder, Steps()) == good


def test_the_old_file_serves_until_the_new_one_is_whole(ledger, folder, follow):
    a_case(ledger)
    follow(Steps()).catch_up()
    before = read(folder, Steps())
    seen: list[Any] = []

    rebuild(ledger, folder, Steps(), lambda _: seen.append(read(folder, Steps())))

    assert seen == [before]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_follower_finds_the_new_file_after_any_number_of_rebuilds(
    ledger, folder, follow, times
):
    a_case(ledger)
    follower = follow(Steps())
    follower.catch_up()
    for _ in range(times):
        rebuild(ledger, folder, Steps())
    a_case(ledger, 2)

    follower.catch_up()

    assert read(folder, Steps())[0] == ledger.head
    assert len(rows(folder)) == 8
    assert len(list(folder.glob("steps.*.sqlite"))) == 1


def test_files_that_were_deleted_are_made_again(ledger, folder, follow):
    a_case(ledger)
    first = follow()
    first.catch_up()
    first.close()
    followed = {view.name: read(folder, view) for view in all_views(ledger)}
    for path in folder.iterdir():
        path.unlink()

    follow().catch_up()

    assert {view.name: read(folder, view) for view in all_views(ledger)} == followed


def test_a_file_deleted_under_a_running_follower_is_made_again(ledger, folder, follow):
    a_case(ledger)
    follower = follow(Steps())
    follower.catch_up()
    for path in folder.iterdir():
        path.unlink()

    follower.catch_up()

    assert len(rows(folder)) == 4


def test_a_file_that_is_no_view_is_replaced(ledger, folder, follow):
    a_case(ledger)
    (folder / "steps.sqlite").write_bytes(b"not a database")

    follow(Steps()).catch_up()

    assert len(rows(folder)) == 4


def test_a_new_version_of_a_view_starts_from_the_first_entry(ledger, folder, follow):
    a_case(ledger)
    follow(Steps()).catch_up()
    newer = Steps()
    newer.version = 2
    seen: list[Any] = []

    follow(newer).catch_up(seen.append)

    assert seen == [5]
    assert len(list(folder.glob("steps.*.sqlite"))) == 1


def test_a_running_follower_is_as_fresh_as_the_reader_asks(ledger, folder, follow):
    follower, stop = follow(Steps()), threading.Event()
    thread = threading.Thread(target=follower.run, args=(stop,), daemon=True)
    thread.start()
    for number in (1, 2):
        a_case(ledger, number)
        rebuild(ledger, folder, Steps())

        assert follower.wait_for(ledger.head, 5.0)
        assert read(folder, Steps())[0] == ledger.head

    assert not follower.wait_for(ledger.head + 1, 0.0)
    stop.set()
    ledger.wake()
    thread.join()


def test_a_long_log_is_followed_in_batches(ledger, folder, follow):
    [began] = ledger.read(0)
    ledger.record([replace(began, version=n) for n in range(2, 1_502)])
    a_case(ledger)
    seen: list[Any] = []

    follow(Steps()).catch_up(seen.append)

    assert seen == [1_000, ledger.head]
    assert len(rows(folder)) == 4


def test_a_view_shows_the_case_to_its_end(ledger, folder, follow):
    do(ledger, SUBMIT, APPLICANT)
    do(ledger, ACCEPT, CLERK)
    do(ledger, REVIEW, REVIEWER)
    do(ledger, GRANT, APPROVER)

    follow().catch_up()

    [case_list, timeline] = all_views(ledger)
    [row] = rows(folder, case_list)
    assert row[0] == CASE.hex
    assert "GRANTED" in row
    assert [row[3] for row in rows(folder, timeline)] == [
        "applicant.verified.v1",
        "application.received.v1",
        "application.accepted.v1",
        "case.reviewed.v1",
        "case.granted.v1",
    ]
