"""Every metric there is stands in `docs/operations.md`, and no other; labels are bounded."""

import asyncio
import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from ledger.http import FOLLOWER
from tests.service.running import running

TEXT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
LABELS = {
    *("method", "route", "status", "problem", "view", "outcome", "reason"),
    *("kind", "use", "region", "le"),
}


async def test_every_metric_is_in_the_docs_and_has_bounded_labels(tmp_path):
    async with running(tmp_path / "home") as service:
        await service.applicant()
        await service.anyone.get(f"/nowhere/{service.ledger.head}")
        await service.anyone.call("PROPFIND", "/nowhere")
        await asyncio.to_thread(service.app[FOLLOWER].wait_for, service.ledger.head, 10.0)
        families = {f.name: f for f in text_string_to_metric_families(service.metrics())}

    ours = {name.removesuffix("_total") for name in families if name.startswith("tongban_")}
    told = set(re.findall(r"`(tongban_[a-z_]+)`", TEXT))
    assert {name.removesuffix("_total") for name in told} == ours
    labels = {label for name in ours for s in families[name].samples for label in s.labels}
    assert labels <= LABELS
    requests = families["tongban_request_seconds"].samples
    assert {s.labels["method"] for s in requests} <= {"GET", "POST", "other"}
    assert "unknown" in {s.labels["route"] for s in requests}
    outcomes = families["tongban_verifications"].samples
    assert {"method": "iamsmart", "outcome": "succeeded", "reason": ""} in [
        s.labels for s in outcomes
    ]
