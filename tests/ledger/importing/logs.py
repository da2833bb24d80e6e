"""Small logs and mappings written out by hand, so that a test shows what it is about."""

import json
from pathlib import Path
from typing import Any

from ledger.importing import Mapping

MAPPING: dict[str, Any] = {
    "fields": {
        "case": "concept:name",
        "activity": "concept:name",
        "answer": "question",
        "occurred_at": "time:timestamp",
        "recorded_at": "dateFinished",
        "zone": "Europe/Amsterdam",
    },
    "facts": {"apply": "APPLIED", "check=True": "COMPLETE", "check": "CHECKED"},
    "statuses": [
        {"status": "PENDING"},
        {"status": "APPLIED", "any": ["APPLIED"]},
        {"status": "IN_ORDER", "any": ["COMPLETE"], "all": ["APPLIED"]},
        {"status": "DISMISSED", "attribute": {"dismissal": ["#", "G"]}},
    ],
    "same_activity": {"misc.*": "misc"},
}
NOON = "2024-05-01T12:00:00+02:00"


def mapping(**changes: Any) -> Mapping:
    return Mapping.load(as_json(**changes))


def as_json(**changes: Any) -> bytes:
    return json.dumps(MAPPING | changes).encode()


def attribute(key: str, value: str, kind: str = "string", inside: str = "") -> str:
    return f'<{kind} key="{key}" value="{value}">{inside}</{kind}>'


def event(activity: str = "apply", at: str = NOON, **more: str) -> str:
    attributes = attribute("concept:name", activity) + attribute("time:timestamp", at, "date")
    attributes += "".join(attribute(key, value) for key, value in more.items())
    return f"<event>{attributes}</event>\n"


def trace(case: str, *content: str) -> str:
    return f"<trace>\n{attribute('concept:name', case)}\n{''.join(content)}</trace>\n"


def log(*content: str, namespace: str = "") -> str:
    return f'<?xml version="1.0"?>\n<log{namespace}>\n{"".join(content)}</log>\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "log.xes"
    path.write_text(text, encoding="utf-8")
    return path
