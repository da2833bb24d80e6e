"""Real histories, imported and replayed, give what is known of them otherwise.

`town` is filled by a delivery that is killed in the middle and run again, and
then by a later one of the same register; the first is kept as it was printed.
"""

import json
import os
import signal
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from tests.commands import printed, started, told
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

DATA = SHARED / "data"
RECEIPT, FIRST, SECOND = "receipt.xes.gz", "CoSeLoG_WABO_1.xes.gz", "BPIC15_1.xes.gz"
TOWN = ("--register", "town")


@pytest.fixture(scope="module")
def truth() -> Any:
    return json.loads((DATA / "truth" / "truth.json").read_text())


def delivery(truth: Any, log: str) -> tuple[object, ...]:
    mapping = DATA / "mapping" / f"{truth['logs'][log]['mapping']}.json"
    return "import", DATA / "logs" / log, "--mapping", mapping


def digest(home: Path, *which: str) -> str:
    return printed(home, "cases", "--digest", *which).strip()


def statuses(home: Path, *which: str) -> dict[str, str]:
    return {case["number"]: case["status"] for case in told(home, "cases", *which)}


@dataclass
class Imported:
    """A home, and what the import printed."""

    home: Path
    printed: Any


@pytest.fixture(scope="module")
def receipt(truth: Any, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    home = tmp_path_factory.mktemp("receipt")
    return Imported(home, told(home, *delivery(truth, RECEIPT)))


def test_an_import_says_how_many_cases_and_events_it_brought(receipt, truth):
    known = truth["logs"][RECEIPT]

    assert receipt.printed == {
        "cases": known["cases"],
        "events": known["events"],
        "new": known["events"],
        "same": 0,
        "conflicting": 0,
    }


def test_every_case_stands_as_it_really_did(receipt, truth):
    known = truth["logs"][RECEIPT]

    standing = Counter(statuses(receipt.home).values())

    assert standing == known["statuses"]
    assert digest(receipt.home) == known["sha256"]


def test_a_rebuild_reads_nothing_but_the_log_and_gives_the_same(receipt, truth):
    printed(receipt.home, "rebuild")

    assert digest(receipt.home) == truth["logs"][RECEIPT]["sha256"]


def test_every_view_may_be_deleted(receipt, truth):
    for file in (receipt.home / "views").iterdir():
        file.unlink()

    assert digest(receipt.home) == truth["logs"][RECEIPT]["sha256"]


def test_the_same_log_again_adds_nothing(receipt, truth):
    known = truth["logs"][RECEIPT]

    again = told(receipt.home, *delivery(truth, RECEIPT))

    assert again == {
        "cases": known["cases"],
        "events": known["events"],
        "new": 0,
        "same": known["events"],
        "conflicting": 0,
    }
    assert digest(receipt.home) == known["sha256"]


def test_nothing_is_wrong_with_what_was_imported(receipt):
    assert told(receipt.home, "verify")["wrong"] == []


def entries(home: Path) -> int:
    """How far the log is; 0 before there is one."""
    try:
        uri = f"{(home / 'ledger.sqlite').as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as log:
            return int(log.execute("SELECT count(*) FROM stored_events").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def kill_beyond(home: Path, position: int, *arguments: object) -> None:
    """Run a command and end it without a warning once the log is beyond `position`."""
    with started(home, *arguments) as process:
        give_up = monotonic() + 60
        while entries(home) <= position:
            assert process.poll() is None
            assert monotonic() < give_up
            sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


@dataclass
class Town:
    """A register of which two deliveries came, and how it stood after the first."""

    home: Path
    killed_at: int
    resumed: Any
    first_digest: str
    first_statuses: dict[str, str]
    second: Any


@pytest.fixture(scope="module")
def town(truth: Any, tmp_path_factory: pytest.TempPathFactory) -> Town:
    home = tmp_path_factory.mktemp("town")
    kill_beyond(home, 10_000, *delivery(truth, FIRST), *TOWN)
    killed_at = entries(home)
    resumed = told(home, *delivery(truth, FIRST), *TOWN)
    first_digest, first_statuses = digest(home), statuses(home)
    second = told(home, *delivery(truth, SECOND), *TOWN)
    return Town(home, killed_at, resumed, first_digest, first_statuses, second)


def test_an_import_that_was_killed_goes_on_where_it_was(town, truth):
    known = truth["logs"][FIRST]

    assert 10_000 < town.killed_at < known["events"]
    assert town.resumed["new"] + town.resumed["same"] == known["events"]
    assert town.resumed["same"] > 9_000
    assert town.resumed["conflicting"] == 0
    assert town.first_digest == known["sha256"]
    assert Counter(town.first_statuses.values()) == known["statuses"]


def test_a_later_delivery_tells_new_from_known_and_contradicted(town, truth):
    known = truth["logs"][SECOND]

    assert town.second == {
        "cases": known["cases"],
        "events": known["events"],
        **truth["two_deliveries"]["import_of_the_second_prints"],
    }


def test_after_both_the_register_stands_as_the_later_says(town, truth):
    alone = truth["two_deliveries"]["case_only_in_the_first"]

    lines = printed(town.home, "cases", "--lines", *TOWN).splitlines()

    shared = "\n".join(line for line in lines if line.partition("|")[0] != alone)
    assert len(lines) == truth["logs"][SECOND]["cases"] + 1
    assert sha256(shared.encode()).hexdigest() == truth["logs"][SECOND]["sha256"]


def test_what_was_contradicted_is_kept_for_a_supervisor(town, truth):
    conflicts = told(town.home, "conflicts", *TOWN)

    rewritten = truth["two_deliveries"]["the_one_that_differs"].partition(":")[0]
    assert len(conflicts) == truth["two_deliveries"]["gone_or_rewritten"]
    assert sum(conflict["number"] == rewritten for conflict in conflicts) == 53


def test_as_its_source_had_recorded_it_the_register_stands_as_the_first_said(town, truth):
    known = truth["two_deliveries"]
    cutoff = known["as_recorded_cutoff"].replace(" ", "T") + "+01:00"

    then = statuses(town.home, *TOWN, "--source-recorded-until", cutoff)

    shared = town.first_statuses.keys() - {known["case_only_in_the_first"]}
    equal = [number for number in shared if then.get(number) == town.first_statuses[number]]
    assert len(shared) == known["shared_cases"]
    assert (
        len(equal)
        == known["cases_whose_status_as_recorded_by_the_cutoff_equals_the_first_delivery"]
    )
