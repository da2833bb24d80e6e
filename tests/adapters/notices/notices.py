"""A made-up notice, for each kind and language."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from ledger.ports import Notice

AT = datetime(2026, 2, 10, 4, 0, tzinfo=UTC)
ID = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")


def notice(**changes: Any) -> Notice:
    given: dict[str, Any] = {
        "id": ID,
        "kind": "correction",
        "address": "chan@mail.example",
        "language": "en",
        "case": "GD-2026-000007",
        "link": "https://tongban.example/v1/cases/7",
        "until": date(2026, 2, 24),
        "owed": 2,
    }
    return Notice(**{**given, **changes})


def clock() -> datetime:
    return AT
