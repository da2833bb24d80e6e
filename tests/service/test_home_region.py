"""A home is one region's, as its own key set says, and a new log is named for it."""

import pytest

from ledger.errors import HomeUnusable
from ledger.log_events import LogBegan
from service.home_region import region_of
from service.key_publishing import set_file
from service.settings import Settings
from tests.service.neighbours import GD, GX
from tests.service.running import prepared, running


async def test_a_home_says_itself_which_region_it_is_of(tmp_path):
    async with running(tmp_path / "home", region=GX) as service:
        assert region_of(service.home, None) == region_of(service.home, GX) == GX
        with pytest.raises(HomeUnusable, match="CN-GX's, and TONGBAN_REGION says CN-GD"):
            region_of(service.home, GD)


async def test_a_server_that_has_no_set_yet_is_of_the_region_of_its_log(tmp_path):
    async with running(tmp_path / "home", region=GX) as service:
        set_file(service.home).unlink()

        assert region_of(service.home, None, service.ledger) == GX
        with pytest.raises(HomeUnusable, match="CN-GX's"):
            region_of(service.home, GD, service.ledger)


def test_a_home_that_was_told_nothing_is_guangdongs(tmp_path):
    home = prepared(tmp_path / "home")

    assert (region_of(home, None), region_of(home, GX)) == (GD, GX)


async def test_a_new_log_is_named_for_its_region(tmp_path):
    for region, name in ((None, "cn-gd"), (GX, "cn-gx")):
        async with running(tmp_path / name, region=region) as service:
            [first] = service.ledger.read(0, until=1)
            assert isinstance(first.event, LogBegan)
            assert first.event.origin == f"{name}.tongban.example/log"
    assert Settings(home=tmp_path, region=GX).new_origin == "cn-gx.tongban.example/log"
