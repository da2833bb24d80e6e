"""Whatever is asked within what the API says of itself is answered within it too."""

import os

import pytest

from rest import Rate
from tests.service.exploring import explore
from tests.service.running import running

SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "5"))
"""For each phase; `make schemathesis` takes longer."""
UNLIMITED = Rate(per_second=0, burst=0)


PHASES = {
    "fuzzing": (),
    # What a case is led to is what there is state in.
    "stateful": ("--include-path-regex", "^/v1/(cases|handovers)"),
}


@pytest.mark.parametrize("phase", PHASES)
async def test_nothing_that_is_asked_is_answered_otherwise_than_described(tmp_path, phase):
    home = tmp_path / "home"
    async with running(home, address_rate=UNLIMITED, caller_rate=UNLIMITED) as service:
        for seconds in (SECONDS, 3 * SECONDS):
            ended, printed = await explore(service, phase, seconds, *PHASES[phase])
            # A busy machine may have no time left once the document is read.
            if "Empty test suite" not in printed:
                break

        assert ended == 0, printed
        assert "No issues found" in printed, printed
