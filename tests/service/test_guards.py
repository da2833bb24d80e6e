"""What every answer says, who may call from a browser, and how much anyone may ask for."""

import asyncio
from datetime import timedelta

import pytest

from ledger.errors import HomeUnusable
from rest import LOAD, Rate
from service.settings import settings_from
from tests.ledger.ledgers import SetClock
from tests.service.running import MORNING, running

pytestmark = pytest.mark.asyncio(loop_scope="session")
NEVER = {"position": str(10**17)}
ORIGIN = "https://apply.example.org"
ASKS = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,idempotency-key",
}


async def test_every_answer_keeps_browsers_from_guessing_framing_and_telling(shared):
    applicant = await shared.applicant()
    digest = await applicant.upload()
    paths = ["/v1/cases", "/v1/items", f"/v1/materials/{digest}", "/log/keys", "/nowhere"]

    for path in paths:
        headers = (await applicant.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers
        assert "Access-Control-Allow-Origin" not in headers


async def test_nothing_personal_may_be_kept_on_the_way(shared):
    applicant = await shared.applicant()
    case = f"/v1/cases/{await shared.apply(applicant, 'application-form')}"
    parts = ["", "/replay", "/timeline", "/applicant", "/materials/application-form"]

    for path in [f"{case}{part}" for part in parts] + ["/v1/cases", "/v1/me/bindings"]:
        kept = (await applicant.get(path)).headers["Cache-Control"]
        assert "no-store" in kept or kept == "private, no-cache", path
    assert (await shared.anyone.get("/v1/items")).headers["Cache-Control"].startswith("public")


async def test_by_https_browsers_are_told_to_stay_with_it(tmp_path):
    async with running(tmp_path / "home", public_url="https://tongban.example.org") as service:
        headers = (await service.anyone.get("/v1/items")).headers

        assert headers["Strict-Transport-Security"].startswith("max-age=")


async def test_no_other_sites_script_may_call_unless_it_was_named(shared, tmp_path):
    closed = await shared.http.options("/v1/cases", headers=ASKS)
    assert closed.status == 405
    assert "Access-Control-Allow-Origin" not in closed.headers

    async with running(tmp_path / "home", cors_origins=frozenset({ORIGIN})) as service:
        asked = await service.http.options("/v1/cases", headers=ASKS)
        other = {**ASKS, "Origin": "https://apply.example.org.evil.example"}
        stranger = await service.http.options("/v1/cases", headers=other)
        answered = await service.anyone.get("/v1/cases", headers={"Origin": ORIGIN})

        assert asked.status == 204
        assert "Idempotency-Key" in asked.headers["Access-Control-Allow-Headers"]
        for each in (asked, answered):
            assert each.headers["Access-Control-Allow-Origin"] == ORIGIN
            assert "Origin" in each.headers.getall("Vary")
            assert "Access-Control-Allow-Credentials" not in each.headers
        assert "ETag" in answered.headers["Access-Control-Expose-Headers"]
        assert stranger.status == 405
        assert "Access-Control-Allow-Origin" not in stranger.headers


async def test_a_caller_who_asks_too_often_is_held_in_all_their_sessions(tmp_path):
    clock, rate = SetClock(MORNING), Rate(per_second=0.5, burst=2)
    async with running(tmp_path / "home", clock, caller_rate=rate) as service:
        clerk, again, other = (service.official("clerk", id) for id in ("c-1", "c-1", "c-2"))

        first, second, held = [await who.get("/v1/cases") for who in (clerk, again, clerk)]

        assert (first.status, second.status, held.status) == (200, 200, 429)
        assert held.problem == "too-many-requests"
        assert held.headers["Retry-After"] == "2"
        assert held.headers["RateLimit-Policy"] == '"caller";q=2;w=4'
        assert [each.headers["RateLimit"] for each in (first, second, held)] == [
            '"caller";r=1',
            '"caller";r=0',
            '"caller";r=0;t=2',
        ]
        assert (await other.get("/v1/cases")).status == 200
        clock.now += timedelta(seconds=2)
        assert (await clerk.get("/v1/cases")).status == 200


async def test_more_than_can_be_done_is_shed_and_comes_back_by_itself(tmp_path):
    async with running(tmp_path / "home", most_at_once=4) as service:
        asks = {"params": NEVER, "headers": {"Prefer": "wait=1"}}
        waiting = [
            asyncio.create_task(service.supervisor.get("/v1/cases", **asks)) for _ in range(4)
        ]
        for _ in range(100):
            if service.app[LOAD].in_flight == 4:
                break
            await asyncio.sleep(0.01)

        shed = [await service.anyone.get("/v1/items") for _ in range(3)]
        health = await service.anyone.get("/health")

        assert {each.problem for each in shed} == {"too-busy"}
        assert {(each.status, each.headers["Retry-After"]) for each in shed} == {(503, "1")}
        assert health.status == 200
        assert {each.problem for each in await asyncio.gather(*waiting)} == {"view-behind"}
        assert (await service.anyone.get("/v1/items")).status == 200
        assert service.app[LOAD].in_flight == 0


async def test_no_caller_holds_more_than_a_share_of_what_can_be_done(tmp_path):
    async with running(tmp_path / "home", most_at_once=160) as service:
        asks = {"params": NEVER, "headers": {"Prefer": "wait=1"}}

        many = [service.supervisor.get("/v1/cases", **asks) for _ in range(30)]
        told = asyncio.gather(*many)
        await until_under_way(service, 10)
        other = await service.official("clerk").get("/v1/cases")
        answers = await told

        held, refused = (
            [each for each in answers if (each.status == 429) is is_refused]
            for is_refused in (False, True)
        )
        assert other.status == 200
        assert (len(held), len(refused)) == (10, 20)
        assert {each.problem for each in held} == {"view-behind"}
        assert {(each.problem, each.headers["Retry-After"]) for each in refused} == {
            ("too-many-requests", "1")
        }
        assert (await service.supervisor.get("/v1/cases")).status == 200


async def until_under_way(service, number):
    for _ in range(100):
        if service.app[LOAD].in_flight == number:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(service.app[LOAD].in_flight)


@pytest.mark.parametrize("said", ["apply.example.org", f"{ORIGIN}/", "*", f"{ORIGIN}, ftp://x"])
async def test_an_origin_that_is_none_is_named_at_the_start(tmp_path, said):
    with pytest.raises(HomeUnusable, match="TONGBAN_CORS_ORIGINS"):
        settings_from({"TONGBAN_CORS_ORIGINS": said}, tmp_path)


async def test_origins_are_named_with_commas_between(tmp_path):
    environ = {"TONGBAN_CORS_ORIGINS": f"{ORIGIN}, http://127.0.0.1:3000"}

    origins = settings_from(environ, tmp_path).cors_origins

    assert origins == {ORIGIN, "http://127.0.0.1:3000"}


async def test_no_answer_names_what_it_was_made_with(shared):
    answers = [await shared.anyone.get(path) for path in ("/v1/items", "/nowhere", "/docs")]

    assert {each.headers["Server"] for each in answers} == {"tongban"}


async def test_who_asks_for_a_case_by_its_receipt_is_led_to_the_search(shared):
    answer = await shared.supervisor.get("/v1/cases/GD-20260210-000001")

    assert (answer.status, answer.body["field"]) == (400, "case_id")
    assert "`/v1/search?q=` finds one by its receipt" in answer.body["detail"]
