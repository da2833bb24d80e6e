"""A request is good for one answer, wherever and whenever it is offered again."""

import asyncio

from tests.service.neighbours import GD, GX, ask, asker, guangxi, names, partner, refused, send
from tests.service.pairs import two_servers
from tests.service.running import prepared


async def test_a_request_is_answered_once(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        token = ask(by).token

        answers = [await send(gx, token) for _ in range(3)]

        assert [answer.status for answer in answers] == [200, 409, 409]
        assert refused(gx) == [(GD, "replay")] * 2


async def test_of_copies_of_a_request_at_two_servers_at_once_one_is_answered(
    tmp_path, postgres_database, postgres_server
):
    gd = prepared(tmp_path / "gd")
    partners = {GD: partner(GD, gd)}
    where = tmp_path, postgres_database, postgres_server
    async with two_servers(*where, region=GX, partners=partners) as (one, two):
        token = ask(asker(gd, partner(GX, one.home))).token

        answers = await asyncio.gather(*(send(each, token) for each in [one, two] * 4))

        assert sorted(answer.status for answer in answers) == [200] + [409] * 7
        assert names(one).count("verification.answered.v1") == 1
        assert refused(one) == [(GD, "replay")] * 7


async def test_a_request_answered_before_a_restart_is_refused_after_it(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        token = ask(by).token
        first = await send(gx, token)

    async with guangxi(tmp_path) as (gx, _):
        again = await send(gx, token)

        assert (first.status, again.status) == (200, 409)
        assert refused(gx) == [(GD, "replay")]


async def test_another_request_with_the_nonce_of_one_before_is_refused(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        first = ask(by)
        again = by.ask(
            first.question,
            GX,
            now=gx.clock.now,
            cti=bytes(16),
            nonce=first.request.nonce,
        )

        answers = [await send(gx, each.token) for each in (first, again)]

        assert [answer.status for answer in answers] == [200, 409]


async def test_another_request_with_the_id_of_one_before_is_refused(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        first = ask(by)
        again = by.ask(
            first.question, GX, now=gx.clock.now, cti=first.request.cti, nonce=bytes(16)
        )

        answers = [await send(gx, each.token) for each in (first, again)]

        assert [answer.status for answer in answers] == [200, 409]
