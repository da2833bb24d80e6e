"""What the README shows of the client does what it says there."""

import asyncio
import re
import runpy
from pathlib import Path

import pytest

from tests.service.visitor import PDF

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOT = Path(__file__).parents[2]
(EXAMPLE,) = re.findall("```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


async def test_the_example_opens_a_case_and_tells_what_happens_to_it(shared, tmp_path, capsys):
    file = tmp_path / "example.py"
    file.write_text(EXAMPLE)
    named = runpy.run_path(str(file))
    applicant = await shared.applicant()

    running = asyncio.create_task(named["apply"](shared.url, applicant.session, PDF))
    opened = await _opened(applicant)
    await asyncio.sleep(0.3)
    missing = {"deficiencies": {"layout-plan": "It is missing."}}
    await shared.official("clerk").act(opened["id"], "correction-requests", missing)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(running, 1)

    printed = capsys.readouterr().out.split()
    assert printed == [opened["number"], "correction.requested.v1"]


async def _opened(applicant):
    for _ in range(100):
        listed = (await applicant.get("/v1/cases")).body["cases"]
        if listed:
            return listed[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no case was opened")
