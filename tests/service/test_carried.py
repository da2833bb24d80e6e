"""An answer that the client carries: good once, for what was asked, wherever it is offered."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest

from ledger.codec import clear_fields
from tests.service.neighbours import (
    ASKED,
    GD,
    GX,
    RESIDENT,
    STRANGER,
    guangdong,
    guangxi,
    names,
    partner,
    refused,
    send,
)
from tests.service.outcomes import told
from tests.service.pairs import two_servers
from tests.service.running import ITEM, MORNING, prepared, running

CARRIED = ASKED | {"carry": True}


@asynccontextmanager
async def regions(tmp_path, clock=None):
    """Guangxi with a clock of its own, and Guangdong, whose client carries."""
    async with (
        guangxi(tmp_path, clock) as (gx, _),
        guangdong(tmp_path, "http://127.0.0.1:9", partner(GX, gx.home)) as gd,
    ):
        yield gx, gd


def encoded(token):
    return urlsafe_b64encode(token).rstrip(b"=").decode()


async def prepare(gd, **changes):
    begun = await gd.official("clerk").post("/v1/verifications/regions", CARRIED | changes)
    assert begun.status == 201, begun.body
    return begun.body


async def carry(gx, begun):
    """Bring the request to the region, and return its answer."""
    request = begun["request"]
    answer = await send(gx, urlsafe_b64decode(request + "=" * (-len(request) % 4)))
    assert answer.status == 200, answer.body
    return answer.content


async def offer(gd, begun, answer, **changes):
    path = f"/v1/verifications/{begun['id']}/assertion"
    body = {"claim": begun["claim"], "assertion": encoded(answer), "identifiers": RESIDENT}
    return await gd.anyone.post(path, body | changes)


def steps(service, begun):
    """At which steps tokens were refused that were offered to this verification."""
    entries = service.ledger.entries(UUID(begun["id"]))
    return [e.event.step for e in entries if e.name == "token.refused.v1"]


async def test_an_answer_that_was_carried_verifies_the_person(tmp_path):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)
        taken = await offer(gd, begun, await carry(gx, begun))
        result = await gd.result(begun)

        assert (taken.status, result.body["status"]) == (200, "succeeded")
        assert result.body["assured"]["source_as_of"] is not None
        assert told(gd, begun) == ["begun", "asked", "succeeded"]


async def test_it_is_taken_once_and_every_other_time_is_recorded(tmp_path):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)
        answer = await carry(gx, begun)

        answers = [await offer(gd, begun, answer) for _ in range(3)]

        assert [each.status for each in answers] == [200, 400, 400]
        assert {each.problem for each in answers[1:]} == {"token-refused"}
        assert steps(gd, begun) == ["replay"] * 2
        assert names(gd).count("verification.succeeded.v1") == 1


async def test_of_copies_at_once_one_is_taken(tmp_path):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)
        answer = await carry(gx, begun)

        answers = await asyncio.gather(*(offer(gd, begun, answer) for _ in range(6)))

        assert sorted(each.status for each in answers) == [200] + [400] * 5
        assert steps(gd, begun) == ["replay"] * 5


async def test_of_copies_at_two_servers_at_once_one_is_taken(
    tmp_path, postgres_database, postgres_server
):
    async with guangxi_for(tmp_path / "one", tmp_path) as gx:
        partners = {GX: partner(GX, gx.home)}
        where = tmp_path, postgres_database, postgres_server
        async with two_servers(*where, partners=partners) as (one, two):
            begun = await prepare(one)
            answer = await carry(gx, begun)

            answers = await asyncio.gather(
                *(offer(each, begun, answer) for each in [one, two] * 4)
            )

            assert sorted(each.status for each in answers) == [200] + [400] * 7
            assert steps(one, begun) == ["replay"] * 7
            assert (await two.result(begun)).body["status"] == "succeeded"


@asynccontextmanager
async def guangxi_for(gd_home, tmp_path):
    partners = {GD: partner(GD, prepared(gd_home))}
    async with running(tmp_path / "gx", region=GX, partners=partners) as gx:
        yield gx


async def test_it_is_taken_after_a_restart_and_refused_after_another(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        enrolled = partner(GX, gx.home)
        async with guangdong(tmp_path, "http://127.0.0.1:9", enrolled) as gd:
            begun = await prepare(gd)
            answer = await carry(gx, begun)
        async with guangdong(tmp_path, "http://127.0.0.1:9", enrolled) as gd:
            taken = await offer(gd, begun, answer)
        async with guangdong(tmp_path, "http://127.0.0.1:9", enrolled) as gd:
            again = await offer(gd, begun, answer)

            assert (taken.status, again.status) == (200, 400)
            assert steps(gd, begun) == ["replay"]


@pytest.mark.parametrize("other", [{}, {"purpose": ITEM}])
async def test_an_answer_to_another_verification_or_purpose_is_refused(tmp_path, other):
    async with regions(tmp_path) as (gx, gd):
        first, second = await prepare(gd), await prepare(gd, **other)
        answer = await carry(gx, first)

        elsewhere = await offer(gd, second, answer)
        right = await offer(gd, first, answer)

        assert (elsewhere.status, right.status) == (400, 200)
        assert steps(gd, second) == ["echo"]
        assert (await gd.result(second)).body == {"status": "pending"}


async def test_an_answer_for_another_audience_is_refused(tmp_path):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)
        answer = await carry(gx, begun)
        # Hunan trusts Guangxi as well, and is brought what was meant for Guangdong.
        partners = {GX: partner(GX, gx.home)}
        async with running(tmp_path / "hn", region="CN-HN", partners=partners) as hn:
            begun_there = await prepare(hn)
            refusal = await offer(hn, begun_there, answer)

            assert (refusal.status, refusal.problem) == (400, "token-refused")
            assert steps(hn, begun_there) == ["audience"]


async def test_what_comes_after_the_quarter_of_an_hour_is_too_late(tmp_path):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)
        answer = await carry(gx, begun)
        gd.clock.now += timedelta(minutes=15)

        late = await offer(gd, begun, answer)

        assert (late.status, late.problem) == (400, "token-refused")
        assert told(gd, begun)[:3] == ["begun", "asked", "failed"]
        assert (await gd.result(begun)).body == {"status": "expired"}


@pytest.mark.parametrize(
    ("minutes", "status"), [(-12, 400), (-5, 200), (0.9, 200), (3, 400)], ids=str
)
async def test_a_clock_that_is_off_by_minutes_is_borne_as_far_as_tokens_live(
    tmp_path, minutes, status
):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)
        answer = await carry(gx, begun)
        # The answer was made at Guangxi's time; ours is that much behind it.
        gd.clock.now = MORNING - timedelta(minutes=minutes)

        taken = await offer(gd, begun, answer)

        assert taken.status == status
        assert steps(gd, begun) == ([] if status == 200 else ["times"])


@pytest.mark.parametrize("garbage", [b"x", b"\xd2\x84", bytes(4000)])
async def test_garbage_is_refused_and_the_right_answer_still_counts(tmp_path, garbage):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)

        nonsense = await offer(gd, begun, garbage)
        right = await offer(gd, begun, await carry(gx, begun))

        assert (nonsense.status, right.status) == (400, 200)
        assert steps(gd, begun) == ["envelope"]


async def test_only_so_many_refusals_are_recorded(tmp_path):
    async with regions(tmp_path) as (_, gd):
        begun = await prepare(gd)

        answers = [await offer(gd, begun, b"x%d" % n) for n in range(20)]

        assert {each.status for each in answers} == {400}
        assert len(steps(gd, begun)) == 16


async def test_the_client_sends_the_identifiers_again_and_no_others_count(tmp_path):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)
        answer = await carry(gx, begun)

        other = await offer(gd, begun, answer, identifiers=STRANGER)
        stolen = await offer(gd, begun, answer, claim="x" * 43)
        right = await offer(gd, begun, answer)

        assert [other.status, stolen.status, right.status] == [400, 400, 200]
        assert {other.problem, stolen.problem} == {"callback-refused"}


async def test_no_match_is_told_and_ends_it(tmp_path):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd, identifiers=STRANGER)
        answer = await carry(gx, begun)

        taken = await offer(gd, begun, answer, identifiers=STRANGER)

        assert taken.status == 200
        assert (await gd.result(begun)).body == {"status": "failed", "reason": "no_match"}


async def test_nothing_is_taken_where_no_request_was_given_out(tmp_path):
    async with (
        guangxi(tmp_path) as (gx, _),
        guangdong(tmp_path, gx.url, partner(GX, gx.home)) as gd,
    ):
        asked = await gd.official("clerk").post("/v1/verifications/regions", ASKED)
        page = await gd.begin()

        answers = [await offer(gd, each, b"x") for each in (asked.body, page)]

        assert {each.problem for each in answers} == {"callback-refused"}
        assert refused(gd) == []


async def test_no_identifier_stands_in_clear_in_the_log(tmp_path):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)
        await offer(gd, begun, await carry(gx, begun))

        entries = [*gd.ledger.read(0), *gx.ledger.read(0)]
        clear = "".join(str(clear_fields(entry.event)) for entry in entries)
        assert RESIDENT["document_number"] not in clear
        assert RESIDENT["name_zh"] not in clear


async def test_garbage_at_the_same_time_does_not_keep_out_the_right_answer(tmp_path):
    async with regions(tmp_path) as (gx, gd):
        begun = await prepare(gd)
        answer = await carry(gx, begun)
        garbage = [b"garbage %d" % number for number in range(6)]

        answers = await asyncio.gather(
            *(offer(gd, begun, each) for each in [*garbage[:3], answer, *garbage[3:]])
        )

        assert [each.status for each in answers] == [400] * 3 + [200] + [400] * 3
        assert (await gd.result(begun)).body["status"] == "succeeded"
