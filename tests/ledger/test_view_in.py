"""A view is shown once there is something in it: every log has a first entry."""

from contextlib import closing

import pytest

from ledger.errors import ViewBehind
from ledger.projections.handover_list import HandoverList
from ledger.projections.view import move_to, open_view, view_in


def test_a_view_that_is_not_there_or_holds_nothing_yet_is_not_shown(tmp_path):
    with pytest.raises(ViewBehind, match="handovers is being made anew"):
        view_in(tmp_path, HandoverList.name)

    open_view(tmp_path / "handovers.sqlite", HandoverList()).close()

    with pytest.raises(ViewBehind, match="handovers is being made anew"):
        view_in(tmp_path, HandoverList.name)


def test_a_view_that_reaches_an_entry_is_shown(tmp_path):
    path = tmp_path / "handovers.sqlite"
    with closing(open_view(path, HandoverList())) as db, db.atomic():
        move_to(db, 1)

    with closing(view_in(tmp_path, HandoverList.name)) as shown:
        assert shown.execute("SELECT count(*) FROM handovers").fetchone() == (0,)
