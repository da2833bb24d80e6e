"""A rebuild makes a new file while the old one serves; a file that is lost is made again."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import sleep
from typing import Any

import msgspec
import pytest

from ledger.errors import HomeBusy
from ledger.opening import all_views
from ledger.projections.applying import Applier, folds_of
from ledger.projections.follower import rebuild
from ledger.projections.rebuilding import fold_on
from ledger.projections.view import open_view, read_only
from ledger.projections.view_file import ViewFile
from tests.ledger.following import Steps, a_case, read, rows
from tests.ledger.importing.logs import event, trace


def test_a_rebuild_gives_what_following_gave(ledger, folder, follow):
    follower = follow()
    for number in range(1, 4):
        a_case(ledger, number)
        follower.catch_up()
    followed = {view.name: read(folder, view) for view in all_views(ledger)}

    for view in all_views(ledger):
        rebuild(ledger, folder, view)

    assert {view.name: read(folder, view) for view in all_views(ledger)} == followed


def test_a_rebuild_gives_imported_cases_as_following_gave_them(ledger, folder, follow, bring):
    follower = follow()
    for at in ("2024-05-01T12:00:00Z", "2024-05-02T12:00:00Z"):
        bring(trace("1", event("apply", at)), trace("2", event("check")))
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


def test_a_reader_in_the_middle_of_the_rows_does_not_hold_the_writer_up(ledger, folder, follow):
    follower = follow(Steps())
    a_case(ledger)
    follower.catch_up()

    with closing(read_only(folder / "steps.sqlite")) as reader:
        rows_read = reader.execute("SELECT position FROM steps")
        assert rows_read.fetchone()
        a_case(ledger, 2)
        assert follower.catch_up() == ledger.head
        assert len(rows_read.fetchall()) == 3


def test_what_a_killed_rebuild_left_is_gone_after_the_next(ledger, folder, follow):
    a_case(ledger)
    follow(Steps()).catch_up()
    for left in ("steps.7.sqlite", "steps.7.sqlite-wal", "steps.7.sqlite-shm"):
        (folder / left).write_bytes(b"half")

    rebuild(ledger, folder, Steps())

    assert not list(folder.glob("steps.7.*"))
    assert len(rows(folder)) == 4


def test_two_rebuilds_of_a_view_do_not_meet(ledger, folder, follow):
    a_case(ledger)
    follow(Steps()).catch_up()

    def another(_: int) -> None:
        with pytest.raises(HomeBusy, match="rebuilding steps"):
            rebuild(ledger, folder, Steps())

    rebuild(ledger, folder, Steps(), another)

    assert len(rows(folder)) == 4


def test_who_was_reading_reads_on_after_a_swap(ledger, folder, follow):
    a_case(ledger)
    follow(Steps()).catch_up()

    with closing(read_only(folder / "steps.sqlite")) as reader:
        rebuild(ledger, folder, Steps())

        assert reader.execute("SELECT count(*) FROM steps").fetchone() == (4,)


def test_a_swap_that_was_interrupted_does_not_stop_the_next(ledger, folder):
    a_case(ledger)
    (folder / "steps.link").symlink_to("steps.9.sqlite")

    rebuild(ledger, folder, Steps())

    assert len(rows(folder)) == 4


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


def test_what_readers_saw_during_a_rebuild_is_in_the_new_file(ledger, folder, follow):
    a_case(ledger)
    follower = follow(Steps())
    follower.catch_up()
    told: list[int] = []

    def meanwhile(position):
        if not told:
            told.append(position)
            a_case(ledger, 2)
            follower.catch_up()

    rebuild(ledger, folder, Steps(), meanwhile)

    assert told == [5]
    assert read(folder, Steps())[0] == ledger.head == 9


def test_who_waited_to_write_to_the_old_file_writes_to_the_new_one(ledger, folder, follow):
    a_case(ledger)
    follow(Steps()).catch_up()
    follower = follow(Steps())
    follower.catch_up()
    old = (folder / "steps.sqlite").resolve()

    with (
        closing(sqlite3.connect(old, isolation_level=None)) as rival,
        ThreadPoolExecutor() as pool,
    ):
        rival.execute("BEGIN IMMEDIATE")
        a_case(ledger, 2)
        waiting = pool.submit(follower.catch_up)
        sleep(0.2)
        file = ViewFile(folder, Steps())
        with file.replacing() as path, closing(open_view(path, Steps())) as db:
            fold_on(db, Applier(ledger, Steps(), folds_of(ledger)), ledger, until=5)
            file.swap(path)
        rival.rollback()

        assert waiting.result(timeout=10.0) == ledger.head
    assert read(folder, Steps())[0] == ledger.head
    assert len(rows(folder)) == 8


def test_a_file_that_is_lost_between_two_batches_is_made_from_the_first_entry(
    ledger, folder, follow
):
    [began] = ledger.read(0)
    a_case(ledger)
    ledger.record([msgspec.structs.replace(began, version=n) for n in range(2, 2_002)])
    a_case(ledger, 2)
    lost: list[int] = []

    def lose(position):
        if not lost:
            lost.append(position)
            for path in folder.iterdir():
                path.unlink()

    follow(Steps()).catch_up(lose)

    assert lost == [1_000]
    assert read(folder, Steps())[0] == ledger.head
    assert len(rows(folder)) == 8
