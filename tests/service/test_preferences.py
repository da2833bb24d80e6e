"""`Prefer: wait`: to wait for a view as long as one would rather, and be told so."""

import asyncio
from time import monotonic

import pytest

from rest.preferences import LONGEST_WAIT

pytestmark = pytest.mark.asyncio(loop_scope="session")
NEVER = {"position": str(10**17)}


@pytest.fixture
def service(shared):
    return shared


async def test_whoever_would_rather_not_wait_is_told_at_once(service):
    began = monotonic()

    behind = await service.supervisor.get(
        "/v1/cases", params=NEVER, headers={"Prefer": "wait=0"}
    )

    assert (behind.status, behind.problem) == (503, "view-behind")
    assert behind.headers["Preference-Applied"] == "wait=0"
    assert monotonic() - began < 1


async def test_whoever_would_rather_wait_longer_is_let_wait(service):
    ahead = {"position": str(service.ledger.head + 1)}
    waiting = asyncio.create_task(
        service.supervisor.get("/v1/cases", params=ahead, headers={"Prefer": "wait=10"})
    )
    await asyncio.sleep(2.2)
    assert not waiting.done()

    await service.begin()

    shown = await waiting
    assert (shown.status, shown.headers["Preference-Applied"]) == (200, "wait=10")


@pytest.mark.parametrize(
    ("said", "applied"),
    [
        ("wait=99999999", f"wait={LONGEST_WAIT}"),
        ('respond-async, wait="3"; foo', "wait=3"),
        ("Wait=2", "wait=2"),
        ("wait=-1", None),
        ("wait", None),
        ("return=minimal", None),
    ],
)
async def test_what_is_honoured_is_said_and_the_rest_passed_over(service, said, applied):
    shown = await service.supervisor.get("/v1/cases", headers={"Prefer": said})

    assert shown.status == 200
    assert shown.headers.get("Preference-Applied") == applied
