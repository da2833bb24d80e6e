"""A service for one test alone, and one that the tests of a run share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.service.running import Service, running


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path / "home") as service:
        yield service


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """For tests that leave nothing behind which another could trip over."""
    async with running(tmp_path_factory.mktemp("shared") / "home") as service:
        yield service
