"""Whatever is asked within what the API says of itself is answered within it too."""

import os

from tests.service.exploring import explore, explored
from tests.service.ready import OF_OTHERS

SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "20"))
"""For each phase, where nothing else ends it; `make schemathesis` takes longer."""
READ_FIRST = {"GET /openapi.json"}
"""What Schemathesis asks before all else, and then no more."""
GRANTED = 10
"""So many of the links that are followed lead to what is granted, on the busiest machine."""


async def test_nothing_that_is_asked_is_answered_otherwise_than_described(tmp_path):
    seconds = SECONDS if "SCHEMATHESIS_SECONDS" in os.environ else 0
    async with explored(tmp_path) as service:
        found = await explore(service, "fuzzing", examples=2, seconds=seconds)

    assert (found.ended, "No issues found" in found.printed) == (0, True), found.printed
    refused = found.operations - found.granted
    told = [each for each in found.answers if each.operation in refused - OF_OTHERS.keys()]
    assert refused == OF_OTHERS.keys() | READ_FIRST, told


async def test_what_follows_from_answers_is_answered_as_described_too(tmp_path):
    async with explored(tmp_path) as service:
        found = await explore(service, "stateful", examples=12, seconds=SECONDS)

    assert (found.ended, "No issues found" in found.printed) == (0, True), found.printed
    assert len(found.links & found.followed()) >= len(found.links) / 3, found.printed
    assert len(found.links & found.followed(below=400)) >= GRANTED, found.printed
