"""A person says where they are told, is told there, and takes it back."""

import asyncio
import json
from time import monotonic, sleep

import pytest

from ledger.errors import HomeUnusable
from service.notifying import TELLING
from tests.service.running import running

ADDRESS = "chan@mail.example"
SECONDS = 20


async def test_an_address_is_given_shown_and_taken_back(service):
    person = await service.applicant()

    before = await person.get("/v1/me/contact")
    given = await person.call(
        "PUT", "/v1/me/contact", json={"address": ADDRESS, "language": "zh-Hans"}
    )
    shown = await person.get("/v1/me/contact")
    gone = await person.call("DELETE", "/v1/me/contact")
    after = await person.get("/v1/me/contact")

    told_nowhere = {"address": None, "language": None}
    assert (before.body, after.body) == (told_nowhere, told_nowhere)
    assert given.body == shown.body == {"address": ADDRESS, "language": "zh-Hans"}
    assert (given.status, gone.status) == (200, 204)
    assert shown.headers["Cache-Control"] == "private, no-store"


async def test_an_address_is_nobody_elses_to_see_or_to_say(service):
    for who in (service.anyone, service.official("clerk"), service.supervisor):
        for method in ("GET", "PUT", "DELETE"):
            body = {"address": ADDRESS, "language": "en"} if method == "PUT" else None
            answer = await who.call(method, "/v1/me/contact", json=body)
            assert answer.status in (401, 403)


@pytest.mark.parametrize(
    "body",
    [
        {"address": "nobody", "language": "en"},
        {"address": ADDRESS, "language": "tlh"},
        {"address": ADDRESS},
        {"address": f"{ADDRESS}\r\nBcc: all@mail.example", "language": "en"},
    ],
)
async def test_what_is_no_address_or_language_is_refused(service, body):
    person = await service.applicant()

    answer = await person.call("PUT", "/v1/me/contact", json=body)

    assert answer.status in (400, 422)
    assert ADDRESS not in str(answer.body)


async def test_the_running_service_tells_whoever_asked_and_counts_the_rest(tmp_path):
    told = tmp_path / "told"
    async with running(
        tmp_path / "home", notices_url=f"file://{told}", tick_seconds=0.05
    ) as service:
        person = await service.applicant()
        await person.call(
            "PUT", "/v1/me/contact", json={"address": ADDRESS, "language": "zh-Hant"}
        )
        case_id = await service.apply(person, "application-form")
        other = await service.applicant()
        await service.apply(other, "application-form")
        await asyncio.to_thread(appears, told)
        health = await service.anyone.get("/health")

    [line] = told.read_text().splitlines()
    notice = json.loads(line)
    assert (notice["to"], notice["kind"]) == (ADDRESS, "received")
    assert case_id in notice["text"]
    assert notice["subject"].startswith("已收件：")
    assert health.body["notices"]["dead"] == 0


async def test_without_a_way_nobody_is_told_and_nothing_waits(service):
    assert service.app[TELLING] is None


async def test_a_way_there_is_not_is_named_at_the_start(tmp_path):
    with pytest.raises(HomeUnusable, match="TONGBAN_NOTICES_URL"):
        async with running(tmp_path, notices_url="carrier-pigeon://coop"):
            pytest.fail("nobody can be told so")


def appears(path):
    """Wait until there is something at `path`, for a while."""
    until = monotonic() + SECONDS
    while not path.exists() and monotonic() < until:
        sleep(0.05)
