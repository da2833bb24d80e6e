"""Health, the writer's lock, and stopping."""

import asyncio

import pytest

from ledger.errors import HomeBusy
from ledger.http import FOLLOWER
from tests.service.running import running


async def test_a_healthy_service_says_how_far_log_and_views_are(service):
    await service.applicant()
    await asyncio.to_thread(service.app[FOLLOWER].wait_for, service.ledger.head, 10.0)

    health = await service.anyone.get("/health")

    assert health.status == 200
    assert health.body == {
        "status": "ok",
        "position": service.ledger.head,
        "views_position": service.ledger.head,
        "trouble": None,
        "log_key": None,
        "set_aside": 0,
        "keys": [],
        "cautions": [],
        "unreadable": [],
        "unconfirmed": [],
        "callbacks_refused": 0,
        "forks": 0,
        "logs": [],
        "notices": {"waiting": 0, "dead": 0},
        "erasures": None,
        "undelivered": 0,
        "contradictions": 0,
    }


async def test_a_second_server_on_the_same_home_is_told_who_is_in_the_way(service):
    with pytest.raises(HomeBusy, match="another process; stop it first"):
        async with running(service.home.folder):
            pytest.fail("two servers write one log")


async def test_what_was_answered_is_there_after_a_stop(service, tmp_path):
    async with running(tmp_path / "stopped") as before:
        case_id = await before.apply(await before.applicant(), "application-form")
        head = before.ledger.head

    async with running(tmp_path / "stopped") as after:
        shown = await after.supervisor.get(f"/v1/cases/{case_id}")

    assert shown.body["case"]["status"] == "RECEIVED"
    assert after.ledger.head == head
