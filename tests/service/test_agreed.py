"""What was agreed decides over HTTP too, on the side that answers and on the one that asks."""

from datetime import timedelta

from msgspec.structs import replace

from identity.policy import Basis
from rest import Rate
from tests.ledger.ledgers import SetClock
from tests.service.neighbours import (
    ASKED,
    GD,
    GX,
    ask,
    asker,
    guangxi,
    names,
    partner,
    refused,
    send,
)
from tests.service.running import MORNING, prepared, running

NUMBER_ALONE = {"*": Basis(ask=("document_number",), answer=("document_number",))}


async def test_a_partner_is_not_answered_what_was_not_agreed(tmp_path):
    gd = prepared(tmp_path / "gd")
    enrolled = replace(partner(GD, gd), bases=NUMBER_ALONE)
    clock = SetClock(MORNING)
    async with running(tmp_path / "gx", clock, region=GX, partners={GD: enrolled}) as gx:
        asked = ask(asker(gd, partner(GX, gx.home)))

        answer = await send(gx, asked.token)

        assert answer.status == 403
        assert answer.problem == "not-agreed"
        assert names(gx) == ["token.refused.v1"]
        assert refused(gx) == [(GD, "agreement")]


async def test_a_partner_that_asks_what_was_not_agreed_is_counted(tmp_path):
    gd, slow = prepared(tmp_path / "gd"), Rate(per_second=0.5, burst=2)
    partners = {GD: replace(partner(GD, gd), bases=NUMBER_ALONE)}
    clock = SetClock(MORNING)
    async with running(
        tmp_path / "gx", clock, region=GX, partners=partners, partner_rate=slow
    ) as gx:
        by = asker(gd, partner(GX, gx.home))
        old = ask(by, now=MORNING - timedelta(minutes=7)).token

        answers = [await send(gx, token) for token in (ask(by).token, old, ask(by).token)]

        assert [each.status for each in answers] == [403, 400, 429]
        assert refused(gx) == [(GD, "agreement"), (GD, "times")]


async def test_nobody_is_asked_what_was_not_agreed(tmp_path):
    async with guangxi(tmp_path / "there") as (gx, _):
        enrolled = replace(partner(GX, gx.home, gx.url), bases=NUMBER_ALONE)
        async with running(tmp_path / "gd", SetClock(MORNING), partners={GX: enrolled}) as gd:
            before = gx.ledger.head
            clerk = gd.official("clerk")

            answer = await clerk.post("/v1/verifications/regions", ASKED)

            assert (answer.status, answer.problem) == (403, "not-agreed")
            assert "name_zh" in answer.body["detail"]
            assert gx.ledger.head == before
