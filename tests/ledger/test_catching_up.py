"""A reader works beside a writer, and never answers from views that are behind."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Timer

import pytest

from ledger.application import Ledger
from ledger.case_rows import Which
from ledger.catching_up import catch_up, open_beside
from ledger.errors import HomeBusy
from ledger.home import Home
from ledger.opening import all_views
from ledger.projections.follower import Follower
from ledger.queries import Queries
from tests.ledger.cases import APPLICANT, SUBMIT
from tests.ledger.fakes import Dice
from tests.ledger.ledgers import do, opened

A_MOMENT = 0.2


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, Dice())


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with closing(opened(str(home.log))) as ledger:
        do(ledger, SUBMIT, APPLICANT)
        yield ledger


def keep_views(home: Home, ledger: Ledger) -> None:
    with closing(Follower(ledger, home.views, all_views(ledger))) as follower:
        follower.catch_up()


def test_where_nobody_writes_a_reader_brings_the_views_up_itself(home, ledger):
    catch_up(home, ledger)

    assert len(Queries(ledger, home.views).cases(Which())) == 1


def test_a_reader_leaves_the_right_to_write_to_others_when_it_is_done(home, ledger):
    catch_up(home, ledger)

    with home.writing():
        pass


def test_views_that_a_writer_keeps_are_read_beside_it(home, ledger):
    keep_views(home, ledger)

    with home.writing():
        catch_up(home, ledger, seconds=0)


def test_a_reader_waits_for_the_views_that_a_writer_is_keeping(home, ledger):
    with home.writing():
        writer = Timer(A_MOMENT, keep_views, (home, ledger))
        writer.start()

        catch_up(home, ledger)
        writer.join()

    assert len(Queries(ledger, home.views).cases(Which())) == 1


def test_a_reader_takes_over_where_the_writer_has_gone(home, ledger):
    holding = home.writing()
    holding.__enter__()
    Timer(A_MOMENT, holding.__exit__, (None, None, None)).start()

    catch_up(home, ledger)

    assert len(Queries(ledger, home.views).cases(Which())) == 1


def test_views_that_stay_behind_are_not_read_but_told_of(home, ledger):
    with home.writing(), pytest.raises(HomeBusy, match="reached position 0 of 3"):
        catch_up(home, ledger, seconds=A_MOMENT)


def test_a_reader_begins_an_empty_home(home):
    with closing(open_beside(home, partial(opened, str(home.log)))) as ledger:
        assert ledger.head == 1


def test_only_who_may_write_begins_a_log(home):
    with home.writing(), pytest.raises(HomeBusy, match="is setting up"):
        open_beside(home, partial(opened, str(home.log)), seconds=A_MOMENT)

    assert not home.log.exists()


def test_a_log_without_tables_yet_has_not_begun(home):
    home.log.touch()

    with home.writing(), pytest.raises(HomeBusy, match="is setting up"):
        open_beside(home, partial(opened, str(home.log)), seconds=0)


def test_a_log_that_has_begun_is_opened_beside_its_writer(home, ledger):
    opening = partial(opened, str(home.log))
    with home.writing(), closing(open_beside(home, opening)) as beside:
        assert beside.head == ledger.head
