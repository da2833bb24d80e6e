"""A store of materials with a low limit, and the keys of two people."""

import pytest

from ledger.stores import MaterialStore
from tests.ledger.fakes import Dice, FakeSubjectKeys
from tests.ledger.stores.uploads import LIMIT


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "materials"


@pytest.fixture
def keys():
    return FakeSubjectKeys("subject-1", "subject-2")


@pytest.fixture
def store(folder, keys):
    return MaterialStore(folder, keys, Dice(), limit=LIMIT)
