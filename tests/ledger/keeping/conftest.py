"""A home with two persons in it, one of whom handed something in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.keeping.homes import Kept


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path)
    kept.submit("s-ann")
    kept.submit("s-ben")
    kept.upload("s-ann")
    yield kept
    kept.close()
