"""What every view there is has to keep, whatever happens to it.

Its content is always the fold of the log up to its position, without what it
lists as set aside: no entry is skipped, and none is applied twice.
"""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.opening import all_views
from ledger.projections.check import check, content, fold_digest
from ledger.projections.follower import Follower, rebuild
from ledger.projections.view import position, read_only
from tests.ledger.cases import APPLICANT
from tests.ledger.fakes import FakeSubjectKeys
from tests.ledger.following import Failing, a_case, read
from tests.ledger.importing.logs import event, trace
from tests.ledger.ledgers import opened

SOON = 20.0


def unwatched(done, total):
    del done, total


def wrong(ledger, folder, views):
    """What is wrong with each of `views` that anything is wrong with."""
    found = {view.name: check(ledger, folder, view, unwatched)[1] for view in views}
    return {name: problem for name, problem in found.items() if problem is not None}


@pytest.fixture
def filled(ledger, bring):
    for number in (1, 2, 3):
        a_case(ledger, number)
    bring(trace("1", event("apply"), event("check")), trace("2", event("apply")))
    return ledger


def test_followed_in_any_batches_it_is_what_it_is_in_one(ledger, folder, follow, bring):
    follower = follow()
    for number in (1, 2, 3):
        a_case(ledger, number)
        follower.catch_up()
    bring(trace("1", event("apply"), event("check")), trace("2", event("apply")))
    follower.catch_up()

    assert wrong(ledger, folder, all_views(ledger)) == {}
    assert {read(folder, view)[0] for view in all_views(ledger)} == {ledger.head}


def test_a_failure_at_any_position_leaves_rows_and_position_together(filled, folder, follow):
    views = all_views(filled)
    for at in range(1, filled.head + 1):
        follower = follow(*(Failing(view, at={at}, error=OSError) for view in views))

        with suppress(OSError):
            follower.catch_up()
        follower.close()

        assert wrong(filled, folder, views) == {}
    follow().catch_up()
    assert {read(folder, view)[0] for view in views} == {filled.head}
    assert wrong(filled, folder, views) == {}


def test_two_followers_of_the_same_files_apply_nothing_twice(filled, folder, follow):
    views = all_views(filled)
    follow(*views).catch_up()
    for number in range(4, 12):
        a_case(filled, number)
    followers = [Follower(filled, folder, all_views(filled)) for _ in range(2)]

    with ThreadPoolExecutor(2) as threads:
        caught_up = [threads.submit(each.catch_up) for each in followers]
        for number in range(12, 20):
            a_case(filled, number)
        for each in caught_up:
            each.result(timeout=SOON)
    for follower in followers:
        follower.catch_up()
        follower.close()

    assert wrong(filled, folder, views) == {}
    assert {read(folder, view)[0] for view in views} == {filled.head}


KILLED = """
import os, signal, sys
from pathlib import Path
from ledger.opening import all_views
from ledger.projections.follower import Follower
from tests.ledger.cases import APPLICANT
from tests.ledger.fakes import FakeSubjectKeys
from tests.ledger.following import Failing
from tests.ledger.ledgers import opened

class Killed(Exception):
    def __init__(self, said):
        os.kill(os.getpid(), signal.SIGKILL)

log, folder, at = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
ledger = opened(log, keys=FakeSubjectKeys(APPLICANT.id))
views = [Failing(view, at={at}, error=Killed) for view in all_views(ledger)]
chosen = [view for view in views if view.name == sys.argv[4]]
Follower(ledger, folder, chosen).catch_up()
"""


def test_a_process_killed_between_rows_and_position_has_applied_nothing(tmp_path, folder):
    log = str(tmp_path / "killed.sqlite")
    with closing(opened(log, keys=FakeSubjectKeys(APPLICANT.id))) as ledger:
        a_case(ledger, 1)
        views = all_views(ledger)
        with closing(Follower(ledger, folder, views)) as before:
            before.catch_up()
        followed = {view.name: read(folder, view) for view in views}
        a_case(ledger, 2)

    for view in views:
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, log, folder, "7", view.name], check=False
        )

        assert killed.returncode == -9
        assert read(folder, view) == followed[view.name]
    with closing(opened(log, keys=FakeSubjectKeys(APPLICANT.id))) as ledger:
        views = all_views(ledger)
        with closing(Follower(ledger, folder, views)) as after:
            after.catch_up()
        assert wrong(ledger, folder, views) == {}
        assert {read(folder, view)[0] for view in views} == {ledger.head}


def test_a_rebuild_that_is_interrupted_leaves_the_old_file(filled, folder, follow):
    follow().catch_up()
    before = {view.name: read(folder, view) for view in all_views(filled)}

    def interrupt(_):
        raise KeyboardInterrupt

    for view in all_views(filled):
        with pytest.raises(KeyboardInterrupt):
            rebuild(filled, folder, view, interrupt)

    assert {view.name: read(folder, view) for view in all_views(filled)} == before


def test_a_rebuild_under_load_takes_no_reader_back(filled, folder, follow):
    follower, stop, views = follow(), threading.Event(), all_views(filled)
    seen = {view.name: [0] for view in views}

    def look():
        """Read as a caller does: wait for a position, and expect it to be there."""
        while not stop.is_set():
            for view in views:
                reached = follower.position
                with closing(read_only(folder / f"{view.name}.sqlite")) as db:
                    seen[view.name].append(position(db))
                assert seen[view.name][-1] >= max(reached, seen[view.name][-2])

    def write():
        for number in count(4):
            if stop.is_set():
                return
            a_case(filled, number)

    follower.catch_up()
    with ThreadPoolExecutor(3) as threads:
        working = [threads.submit(each) for each in (look, write)]
        working.append(threads.submit(follower.run, stop))
        try:
            for _ in range(3):
                for view in views:
                    rebuild(filled, folder, view)
        finally:
            stop.set()
            filled.wake()
        for each in working:
            each.result(timeout=SOON)
    follower.catch_up()

    assert wrong(filled, folder, views) == {}
    assert all(positions == sorted(positions) for positions in seen.values())


STEPS = st.lists(
    st.sampled_from(["case", "follow", "moment", "rebuild", "restart"]), max_size=14
)


@given(steps=STEPS, broken=st.sets(st.integers(2, 30), max_size=4))
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_in_any_order_of_batches_rebuilds_and_failures_it_is_the_fold(
    tmp_path_factory, steps, broken
):
    folder = tmp_path_factory.mktemp("any")
    with closing(opened(f"file:{folder.name}?mode=memory&cache=shared")) as ledger:
        views = [Failing(view, at=broken) for view in all_views(ledger)]
        follower, numbers = Follower(ledger, folder, views, pause=int), count(1)
        for step in [*steps, "follow"]:
            if step == "case":
                a_case(ledger, next(numbers))
            elif step == "follow":
                follower.catch_up()
            elif step == "moment":
                for view in views:
                    view.moments = [OSError("made to fail")]
            elif step == "rebuild":
                for view in views:
                    view.moments = []
                    rebuild(ledger, folder, view)
            else:
                follower.close()
                follower = Follower(ledger, folder, views, pause=int)
        follower.close()

        for view in views:
            view.moments = []
            held = content(folder / f"{view.name}.sqlite", view)
            assert held.reached == ledger.head
            assert held.digest == fold_digest(ledger, view, held.reached, unwatched)
        for mended in all_views(ledger):
            assert rebuild(ledger, folder, mended) == 0
        assert wrong(ledger, folder, all_views(ledger)) == {}
