"""Guangdong, which decides, and Guangxi, whose window takes the application."""

import pytest

from tests.ledger.handover.regions import ALL_MODES, GD, GX, Region
from tests.ledger.ledgers import check_log


@pytest.fixture
def gd(tmp_path):
    region = Region.at(GD, str(tmp_path / "gd.sqlite"), {GX: ALL_MODES})
    yield region
    check_log(region.ledger)


@pytest.fixture
def gx(tmp_path):
    region = Region.at(GX, str(tmp_path / "gx.sqlite"), {GD: ALL_MODES})
    yield region
    check_log(region.ledger)
