"""Cases that never were: a log much like a municipality's of traffic fines, and who acts.

Two runs make the same bytes. Numbers stand where persons would.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from ledger.actor import Actor, Channel, Role
from ledger.assurance import Assured
from ledger.importing import Mapping
from ledger.rules import Verified

STEPS = ("create", "send", "notify", "remind", "collect")
ITEM, AUTHORITY = "gd.zhaoqing.food-operation-licence", "gd.zhaoqing.market-regulation"
DEFICIENCIES = {"layout-plan": "The plan does not show where the kitchen's fire exit is."}
APPLICANT = Actor(
    role=Role.APPLICANT, id="applicant-1", principal="applicant-1", channel=Channel.PORTAL
)
CLERK, REVIEWER = (
    Actor(
        role=role,
        id=f"{role}-1",
        principal=AUTHORITY,
        channel=Channel.WINDOW,
        authority=AUTHORITY,
    )
    for role in (Role.CLERK, Role.REVIEWER)
)
BEGINNING = datetime(2024, 1, 1, 8, tzinfo=UTC)
VERIFIED = Verified(
    verification=UUID(int=1),
    jurisdiction="CN-HK",
    method="iamsmart",
    assured=Assured(
        level=3,
        bound_how="in_person",
        bound_by="CN-HK",
        authenticated_how="page",
        authenticated_at=BEGINNING,
    ),
)
_MAPPING = {
    "fields": {
        "case": "concept:name",
        "activity": "concept:name",
        "occurred_at": "time:timestamp",
    },
    "facts": {step: step.upper() for step in STEPS},
    "statuses": [
        {"status": "PENDING"},
        {"status": "SENT", "any": ["SEND"]},
        {"status": "COLLECTED", "all": ["COLLECT"]},
        {"status": "DISMISSED", "attribute": {"dismissal": ["G"]}},
    ],
}


def mapping() -> Mapping:
    """What the made-up log's activities mean."""
    return Mapping.load(json.dumps(_MAPPING).encode())


def write_log(path: Path, cases: int) -> Path:
    """Write a log of `cases` cases, five events each, to `path`, and return it."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<log>\n')
        for number in range(cases):
            file.write("<trace>\n" + _attribute("concept:name", f"A{number}"))
            file.writelines(_events(number))
            file.write("</trace>\n")
        file.write("</log>\n")
    return path


def _events(number: int) -> Iterator[str]:
    for day, step in enumerate(STEPS):
        at = BEGINNING + timedelta(days=day, minutes=number)
        yield "<event>\n"
        yield _attribute("concept:name", step)
        yield _attribute("time:timestamp", at.isoformat(), "date")
        yield _attribute("org:resource", str(500 + number % 90))
        yield _attribute("amount", f"{number % 300}.0", "float")
        yield _attribute("dismissal", "G" if number % 40 == 0 else "NIL")
        yield _attribute("lifecycle:transition", "complete")
        yield "</event>\n"


def _attribute(key: str, value: str, kind: str = "string") -> str:
    return f'<{kind} key="{key}" value="{value}"/>\n'
