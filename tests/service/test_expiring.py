"""A verification that nobody comes back to ends by itself, and once."""

import asyncio
from datetime import timedelta

from aiohttp import web

from adapters.panprd.client import ASSERTION_TYPE
from ledger.http import FOLDER, FOLLOWER, VERIFICATIONS
from ledger.projections.pending import Pending
from service.expiring import Expiring
from tests.service.neighbours import ASKED, GX, guangdong, names, partner
from tests.service.outcomes import told
from tests.service.running import prepared, running, serving


def expire(service):
    app, ledger = service.app, service.ledger
    assert app[FOLLOWER].wait_for(ledger.head, 5, Pending.name)
    return Expiring(ledger, app[VERIFICATIONS], app[FOLDER], seconds=0).tick()


async def test_what_nobody_ended_is_recorded_when_its_time_is_up(tmp_path):
    async with running(tmp_path / "home") as service:
        left, back, done, cancelled = [await service.begin() for _ in range(4)]
        await service.back(back, code="half-way")
        await service.back(done, code="all-the-way")
        await service.profiled(done)
        await service.back(cancelled)
        service.clock.now += timedelta(minutes=15, seconds=-1)
        early = expire(service)
        service.clock.now += timedelta(seconds=1)

        first, second = expire(service), expire(service)

        assert (early, first, second) == (0, 2, 0)
        assert told(service, left) == ["begun", "failed"]
        assert told(service, back) == ["begun", "authenticated", "failed"]
        assert told(service, done) == ["begun", "authenticated", "succeeded"]
        assert told(service, cancelled) == ["begun", "failed"]
        assert (await service.result(left)).body == {"status": "expired"}


async def test_what_was_collected_too_late_is_recorded_then_and_not_again(tmp_path):
    async with running(tmp_path / "home") as service:
        begun = await service.begin()
        service.clock.now += timedelta(minutes=15)

        answers = [(await service.result(begun)).body for _ in range(2)]

        assert answers == [{"status": "expired"}] * 2
        assert expire(service) == 0
        assert told(service, begun) == ["begun", "failed"]


async def test_what_was_left_before_a_restart_ends_after_it(tmp_path):
    async with running(tmp_path / "home") as service:
        begun = await service.begin()
        clock = service.clock
    clock.now += timedelta(hours=1)

    async with running(tmp_path / "home", clock) as service:
        assert expire(service) == 1
        assert told(service, begun) == ["begun", "failed"]


async def test_a_region_that_answers_after_our_timeout_leaves_nothing_open(tmp_path):
    arrived, release = asyncio.Event(), asyncio.Event()

    async def late(request):
        arrived.set()
        await release.wait()
        return web.Response(body=b"too late", content_type=ASSERTION_TYPE)

    app = web.Application()
    app.router.add_post("/verifications", late)
    enrolled = partner(GX, prepared(tmp_path / "gx"))
    async with serving(app) as url, guangdong(tmp_path, url, enrolled) as gd:
        asking = asyncio.create_task(
            gd.official("clerk").post("/v1/verifications/regions", ASKED)
        )
        await arrived.wait()
        # Meanwhile the quarter of an hour passes, as for a clerk who went away.
        gd.clock.now += timedelta(minutes=15)
        assert expire(gd) == 1
        release.set()
        answer = await asking

        assert (answer.status, answer.problem) == (503, "provider-unavailable")
        assert [name for name in names(gd) if name.startswith(("verification", "token"))] == [
            "verification.begun.v1",
            "verification.asked.v1",
            "verification.failed.v1",
            "token.refused.v1",
        ]
