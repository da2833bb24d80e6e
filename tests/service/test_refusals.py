"""A supervisor sees whose tokens were refused, and by which check; nobody else does."""

from datetime import timedelta

import pytest

from tests.service.neighbours import GD, HN, ask, asker, guangxi, partner, send
from tests.service.running import MORNING, prepared


async def test_a_supervisor_sees_the_tokens_that_were_refused_and_why(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        elsewhere = ask(asker(prepared(tmp_path / "gd"), partner("CN-GX", gx.home), HN), HN)
        old = ask(by, now=MORNING - timedelta(minutes=7))
        for token in (elsewhere.token, old.token, ask(by).token, b"forged"):
            await send(gx, token)
        supervisor, head = gx.supervisor, gx.ledger.head

        page = await supervisor.get(
            "/v1/refusals", params={"limit": "1", "position": str(head)}
        )
        rest = await supervisor.get("/v1/refusals", params={"after": str(page.body["next"])})
        none = await supervisor.get("/v1/refusals", params={"issuer": HN})

        [first], [second] = page.body["refusals"], rest.body["refusals"]
        assert (first["issuer"], first["step"]) == (GD, "audience")
        assert (second["issuer"], second["step"]) == (GD, "times")
        assert first["recorded_at"].startswith("2026")
        assert none.body == {"refusals": [], "next": None}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("role", ["applicant", "clerk", "operator"])
async def test_only_a_supervisor_sees_refusals(shared, role):
    assert (await shared.session(role).get("/v1/refusals")).status == 403
