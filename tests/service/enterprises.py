"""Residents of the simulator who act for made-up enterprises."""

from collections.abc import Mapping
from typing import Any

from adapters.hk.simulator.people import Resident
from ledger.entry import Entry
from ledger.http import LEDGER
from tests.service.residents import CHAN, came
from tests.service.running import ITEM, Service
from tests.service.visitor import Answer, Visitor

MAINLAND, HONG_KONG = "91449999MA0TEXT0XU", "99999901"
CREDIT = {"document_type": "unified_social_credit", "number": MAINLAND}
BUSINESS = {"document_type": "hk_business_registration", "number": HONG_KONG}
LEGAL = CREDIT | {"capacity": "legal_representative"}
AGENT = CREDIT | {"capacity": "agent", "item": ITEM}
LAST_DAY = BUSINESS | {"capacity": "agent", "item": ITEM}


async def ask(person: Visitor, body: Mapping[str, Any]) -> Answer:
    """Ask to act for an enterprise."""
    return await person.post("/v1/verifications/enterprises", body)


async def acting(
    service: Service, body: Mapping[str, Any] = LEGAL, resident: Resident = CHAN
) -> tuple[Visitor, Any]:
    """Return somebody who acts for an enterprise, and what they were answered."""
    answer = await ask(await came(service, resident), body)
    assert answer.body["status"] == "confirmed", answer.body
    return Visitor(service.http, answer.body["session"]), answer.body


def recorded(service: Service) -> list[Entry]:
    """Return what the log has of mandates."""
    return [e for e in service.app[LEDGER].read(0) if e.name.startswith("mandate.")]
