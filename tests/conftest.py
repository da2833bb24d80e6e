"""What every test may ask for, and how long properties may go on when asked to."""

import pytest
from hypothesis import settings

from tests.postgres import postgres_database, postgres_server
from tests.scratch import write_in_memory

__all__ = ["postgres_database", "postgres_server"]

LONG = (
    "tests/ledger/importing/test_truth.py",
    "tests/test_histories.py",
    "tests/torture",
    "tests/ledger/test_tampering.py",
    "tests/faults",
    "tests/ledger/importing/test_memory.py",
    "tests/ledger/test_every_view.py",
    "tests/ledger/test_ledger_machine.py",
    "tests/cli/test_regions.py",
    "tests/ledger/handover/test_any_wire.py",
    "tests/benchmarks",
    "tests/service/test_schemathesis.py",
    "tests/service/webhooks",
    "tests/service",
)
"""What takes long by itself, and begins first, or one process waits for it at the end."""


def pytest_configure() -> None:
    """Say where tests write, before anything is written."""
    write_in_memory()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first, in the order of `LONG`."""

    def place(item: pytest.Item) -> int:
        found = (n for n, path in enumerate(LONG) if item.nodeid.startswith(path))
        return next(found, len(LONG))

    items.sort(key=place)


# How long an example takes says more of the machine than of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
settings.register_profile("long", max_examples=2_000, stateful_step_count=60)
