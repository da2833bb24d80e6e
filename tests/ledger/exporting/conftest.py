"""One ledger with cases in it, on SQLite: that others store alike is tested elsewhere."""

import pytest

from tests.ledger.exporting import telling
from tests.ledger.ledgers import check_log, opened


@pytest.fixture
def ledger(tmp_path, clock):
    ledger = opened(str(tmp_path / "ledger.sqlite"), clock)
    yield ledger
    check_log(ledger)


@pytest.fixture
def select(ledger, bring, folder):
    """Selects among the cases that were recorded, as a supervisor if nobody is named."""
    telling.told(ledger, bring)

    def select(**asked):
        return telling.selected(ledger, folder, **asked)

    return select
