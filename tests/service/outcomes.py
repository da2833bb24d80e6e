"""What came of a verification: as the log has it, and as a refusal tells it."""

from collections.abc import Awaitable, Mapping
from typing import Any
from uuid import UUID

from tests.service.running import Service
from tests.service.visitor import Answer

CALLBACK = "/v1/verifications/callbacks/iamsmart"
NOBODY = "0" * 32


def told(service: Service, begun: Mapping[str, Any]) -> list[str]:
    """What the log has of a verification, as a stranger without keys reads it."""
    entries = service.ledger.entries(UUID(begun["id"]), opened=False)
    return [entry.name.removeprefix("verification.").removesuffix(".v1") for entry in entries]


async def refused(answer: Awaitable[Answer], status: int, problem: str) -> Answer:
    """Check that it was refused as this problem, and return the answer."""
    told = await answer
    assert (told.status, told.problem) == (status, problem)
    return told
