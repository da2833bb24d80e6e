"""Answering a partner region over HTTP: to whoever may ask, about residents, once."""

import asyncio
from datetime import timedelta

from adapters.panprd.client import ASSERTION_TYPE
from identity import REQUEST, SEALING, Trust, decode_keys
from identity.model import Answer
from identity.refusals import MOST
from identity.status import read_status_list
from service.key_watch import KEY_WATCH
from tests.service.neighbours import (
    GD,
    GX,
    HN,
    RESIDENT,
    STRANGER,
    ask,
    asker,
    guangxi,
    names,
    partner,
    refused,
    send,
)
from tests.service.running import MORNING, prepared, running
from tests.service.visitor import told


async def test_a_request_is_answered_field_by_field_and_once(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)

        answer = await send(gx, asked.token)
        again = await send(gx, asked.token)

        result = by.read(asked, answer.content, now=MORNING).assertion.result
        assert answer.headers["Content-Type"] == ASSERTION_TYPE
        assert result.verdict is Answer.MATCH
        assert result.answers == {"document_number": Answer.MATCH, "name_zh": Answer.MATCH}
        assert (again.status, again.problem) == (409, "used-before")
        assert names(gx) == ["verification.answered.v1", "token.refused.v1"]


async def test_of_many_copies_of_a_request_at_once_one_is_answered(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)

        answers = await asyncio.gather(*(send(gx, asked.token) for _ in range(8)))

        assert sorted(answer.status for answer in answers) == [200] + [409] * 7
        assert names(gx) == ["verification.answered.v1"] + ["token.refused.v1"] * 7


async def test_a_request_answered_before_a_restart_is_not_answered_after_it(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)
        first = await send(gx, asked.token)

    async with guangxi(tmp_path) as (gx, _):
        again = await send(gx, asked.token)

        assert (first.status, again.status) == (200, 409)
        assert names(gx) == ["verification.answered.v1", "token.refused.v1"]


async def test_whoever_is_not_a_resident_is_answered_like_somebody_different(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        unknown, different = (
            ask(by, believed=STRANGER),
            ask(by, believed=RESIDENT | {"name_zh": "某"}),
        )

        answers = [await send(gx, asked.token) for asked in (unknown, different)]

        results = [
            by.read(asked, answer.content, now=MORNING).assertion.result
            for asked, answer in zip((unknown, different), answers, strict=True)
        ]
        assert {result.verdict for result in results} == {Answer.NO_MATCH}
        assert len({answer.status for answer in answers}) == 1
        assert abs(len(answers[0].content) - len(answers[1].content)) < 16


async def test_a_request_that_is_not_for_us_now_is_refused_and_told_only_of_whom_we_know(
    tmp_path,
):
    async with guangxi(tmp_path) as (gx, by):
        keys = partner(GX, gx.home)
        elsewhere = ask(asker(prepared(tmp_path / "gd"), keys, HN), HN).token
        stranger = ask(asker(prepared(tmp_path / "nobody"), keys)).token
        old = ask(by, now=MORNING - timedelta(minutes=7)).token
        early = ask(by, now=MORNING + timedelta(minutes=2)).token
        good = ask(by).token
        altered = good[:-1] + bytes([good[-1] ^ 1])
        tokens = [
            elsewhere,
            stranger,
            old,
            early,
            altered,
            b"",
            b"x",
            good + b"\0",
            bytes(5000),
        ]

        answers = [await send(gx, token) for token in tokens]

        assert {(each.status, each.problem) for each in answers} == {(400, "token-refused")}
        assert [told(each) for each in answers] == [told(answers[0])] * len(tokens)
        assert refused(gx) == [(GD, "audience"), (GD, "times"), (GD, "times")]


async def test_a_request_that_comes_in_pieces_is_one(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        token = ask(by).token

        async def slowly():
            for start in range(0, len(token), 100):
                yield token[start : start + 100]
                await asyncio.sleep(0.005)

        assert (await send(gx, slowly())).status == 200


async def test_a_request_of_another_type_or_size_is_no_request(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        token = ask(by).token

        assert (await send(gx, token, "application/octet-stream")).status == 415
        assert (await send(gx, token, ASSERTION_TYPE)).status == 415
        assert (await send(gx, bytes(65_537))).status == 413
        assert names(gx) == []


async def test_a_region_without_a_register_answers_nobody_and_shows_its_keys(tmp_path):
    async with running(tmp_path / "home", sample_register=False) as service:
        published = await service.anyone.get("/.well-known/cose-keys")

        assert (await send(service, b"x")).status == 404
        keys = service.app[KEY_WATCH].keys
        assert decode_keys(published.content) == keys.records
        assert {use for record in keys.records for use in record.use} >= {REQUEST.typ, SEALING}
        assert set(service.ledger.published.keys.records) < set(keys.records)


async def test_an_answer_names_its_place_in_our_lists_and_can_be_revoked(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)
        answer = await send(gx, asked.token)
        status = by.read(asked, answer.content, now=MORNING).assertion.status
        operator = gx.session("operator")

        body = {"list": "0", "index": status.index, "reason": "mistaken"}
        revoked = await operator.post("/v1/revocations", body)
        served = await gx.anyone.get("/status/0")

        trust = Trust({GX: gx.app[KEY_WATCH].keys.records})
        found = read_status_list(
            served.content, uri=status.uri, issuer=GX, trust=trust, now=MORNING
        )
        [entry] = [e for e in gx.ledger.read(0) if e.name == "verification.answered.v1"]
        assert revoked.status == 201
        assert status.index == entry.position
        assert found.statuses.revokes(status.index)
        assert not found.statuses.revokes(status.index + 1)


async def test_of_one_region_only_so_many_refusals_are_recorded_a_minute(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        old = ask(by, now=MORNING - timedelta(minutes=7)).token

        for _ in range(MOST + 5):
            await send(gx, old)
        assert len(refused(gx)) == MOST

        gx.clock.now += timedelta(minutes=1)
        await send(gx, old)
        assert len(refused(gx)) == MOST + 1
