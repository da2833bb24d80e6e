"""A drill tells whether a backup would do, and leaves nothing behind."""

from contextlib import closing

import pytest

from ledger.keeping import BackupRefused
from ledger.opening import all_views
from ledger.projections.follower import Follower
from ledger.projections.view import open_view
from tests.ledger.keeping.homes import Kept


def followed(kept):
    with closing(Follower(kept.ledger, kept.home.views, all_views(kept.ledger))) as follower:
        follower.catch_up()


def test_views_and_head_agree_with_the_live_ones_at_the_same_position(kept, tmp_path):
    followed(kept)
    made = kept.back_up()

    found = kept.drill(made, scratch=tmp_path / "home")

    assert found.passed
    assert found.position == found.live_position == kept.ledger.head
    assert len(found.views) == len(all_views(kept.ledger))
    assert sorted(found.seconds) == ["copied", "folded", "proven"]


def test_a_drill_leaves_nothing_behind(kept, tmp_path):
    made = kept.back_up()
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    kept.drill(made, scratch=scratch)

    assert list(scratch.iterdir()) == []


def test_a_live_view_that_is_not_the_fold_is_named(kept):
    followed(kept)
    made = kept.back_up()
    path = (kept.home.views / "case_list.sqlite").resolve()
    view = next(each for each in all_views(kept.ledger) if each.name == "case_list")
    with closing(open_view(path, view)) as db, db.conn:
        db.execute("UPDATE cases SET status = 'LOST'")

    found = kept.drill(made)

    assert found.problems == ("the view case_list is another",)


def test_who_was_erased_since_is_erased_in_the_drill_too(kept):
    made = kept.back_up()
    kept.erase("s-ann")

    found = kept.drill(made)

    assert found.passed
    assert found.repeated == 2
    assert found.live_position > found.position


def test_a_live_log_that_was_put_back_is_told(kept, tmp_path):
    made = kept.back_up()
    earlier = Kept(tmp_path / "earlier")
    with closing(earlier):
        for name in earlier.home.keys.iterdir():
            assert name.name
        found = earlier.drill(made)

    assert any("put back" in problem for problem in found.problems)


def test_another_history_under_the_same_key_is_told(kept, tmp_path):
    made = kept.back_up()
    other = Kept(tmp_path / "other")
    with closing(other):
        for number in range(4):
            other.submit(f"s-other-{number}")
        found = other.drill(made)

    assert "the live log does not continue the one that was kept" in found.problems


def test_a_backup_that_does_not_hold_is_refused_before_anything_is_compared(kept):
    made = kept.back_up()
    [material] = made[0].rglob("materials/*/*")
    material.write_bytes(b"something else")

    with pytest.raises(BackupRefused, match="not what was kept"):
        kept.drill(made)
