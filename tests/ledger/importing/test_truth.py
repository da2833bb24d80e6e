"""Real logs, read through their mappings, give the counts and digests known of them."""

import hashlib
import json
from collections import Counter
from typing import Any

import pytest

from ledger.importing import Mapping, Spool, SpooledCase
from tests.shared_data import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.no_cover]

DATA = SHARED / "data"
FINES = "Road_Traffic_Fine_Management_Process.xes.gz"
WITH_DIGEST = ["receipt.xes.gz", "BPIC15_1.xes.gz", "CoSeLoG_WABO_1.xes.gz"]


def truth_of(log: str) -> Any:
    return json.loads((DATA / "truth" / "truth.json").read_text())["logs"][log]


def mapping_of(name: str) -> Mapping:
    return Mapping.load((DATA / "mapping" / f"{name}.json").read_bytes())


def status(case: SpooledCase, mapping: Mapping) -> str:
    facts = {fact.fact for fact in case.facts if fact.fact}
    return mapping.status(facts, {pair for fact in case.facts for pair in fact.matched})


def line(case: SpooledCase, status: str) -> str:
    times = [fact.occurred_at.strftime("%Y-%m-%dT%H:%M:%SZ") for fact in case.facts]
    return f"{case.number}|{status}|{len(times)}|{min(times)}|{max(times)}"


@pytest.mark.parametrize("log", WITH_DIGEST)
def test_a_log_says_what_is_known_of_it(log):
    truth = truth_of(log)
    mapping = mapping_of(truth["mapping"])

    with Spool.read(DATA / "logs" / log, mapping) as spool:
        cases = [(case, status(case, mapping)) for case in spool]

    facts = [fact for case, _ in cases for fact in case.facts]
    lines = sorted(line(case, status) for case, status in cases)
    assert truth == {
        "mapping": truth["mapping"],
        "cases": spool.cases,
        "events": spool.events,
        "activities": len({fact.activity for fact in facts}),
        "statuses": Counter(status for _, status in cases),
        "facts": Counter(fact.fact for fact in facts if fact.fact),
        "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    }


def test_the_log_of_fines_says_what_is_known_of_it():
    truth = truth_of(FINES)

    with Spool.read(DATA / "logs" / FINES, mapping_of(truth["mapping"])) as spool:
        activities = {fact.activity for case in spool for fact in case.facts}

    assert truth == {
        "mapping": truth["mapping"],
        "cases": spool.cases,
        "events": spool.events,
        "activities": len(activities),
    }
