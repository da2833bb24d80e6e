"""A home with a small imported register, `town`, and one with a case of ours."""

from contextlib import closing
from pathlib import Path

import pytest

from ledger.home import Home
from tests.cli.logs import EARLIER, LATER, NAME, OURS, named
from tests.cli.submitting import served, submitted
from tests.commands import printed
from tests.ledger.fakes import Dice
from tests.ledger.importing.logs import as_json, event, trace


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.json"
    path.write_bytes(as_json())
    return path


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A log of two cases, one of them with a person's name in it."""
    a = trace("A", event("apply", EARLIER), event("check", LATER, question="True", who=NAME))
    return named(tmp_path, "first.xes", a, trace("B", event("apply", EARLIER)))


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A later log, of which A's check was at another time, and which leaves out B."""
    a = trace("A", event("apply", EARLIER), event("check", EARLIER, question="True"))
    return named(tmp_path, "second.xes", a)


@pytest.fixture
def town(home: Path, first: Path, mapping: Path) -> Path:
    """A home in which the first log was imported as the register `town`."""
    printed(home, "import", first, "--mapping", mapping, "--register", "town")
    return home


@pytest.fixture
def ours(home: Path) -> Path:
    """A home with a case of ours, received at noon in Guangdong."""
    with closing(served(Home(home, Dice()))) as ledger:
        submitted(ledger, OURS)
    return home
