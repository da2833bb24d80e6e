"""How much one caller may ask of the service: by address, and by partner once it signed."""

from datetime import timedelta
from uuid import UUID

import pytest

from ledger.errors import HomeUnusable
from rest import Rate
from service.settings import GENEROUS, settings_from
from tests.ledger.ledgers import SetClock
from tests.service.neighbours import GD, GX, ask, asker, partner, send
from tests.service.running import ITEM, MORNING, prepared, running

SLOW = Rate(per_second=0.5, burst=2)


async def test_a_partner_that_asks_too_often_is_told_when_to_come_again(tmp_path):
    gd, clock = prepared(tmp_path / "gd"), SetClock(MORNING)
    partners = {GD: partner(GD, gd)}
    async with running(
        tmp_path / "gx", clock, region=GX, partners=partners, partner_rate=SLOW
    ) as gx:
        by = asker(gd, partner(GX, gx.home))
        forged = [await send(gx, b"forged") for _ in range(3)]
        answers = [await send(gx, ask(by).token) for _ in range(3)]

        assert {each.status for each in forged} == {400}
        assert [each.status for each in answers] == [200, 200, 429]
        assert answers[-1].problem == "too-many-requests"
        assert answers[-1].headers["Retry-After"] == "2"
        clock.now += timedelta(seconds=2)
        assert (await send(gx, ask(by, now=clock.now).token)).status == 200


async def test_an_address_that_asks_too_often_is_held_before_anything_is_read(tmp_path):
    async with running(tmp_path / "gx", region=GX, address_rate=SLOW) as gx:
        answers = [await send(gx, b"x") for _ in range(3)]
        begun = await gx.anyone.post(
            "/v1/verifications", {"method": "iamsmart", "purpose": ITEM}
        )

        assert [each.status for each in answers] == [400, 400, 429]
        assert begun.status == 429
        assert (await gx.anyone.get("/status/0")).status == 429
        assert (await gx.anyone.get("/health")).status == 200


@pytest.mark.parametrize(
    ("method", "path", "otherwise"),
    [
        ("POST", "/add-checkpoint", 400),
        ("POST", "/verifications", 415),
        ("POST", "/partner/messages", 415),
        ("PUT", f"/partner/messages/{'0' * 64}/materials/{'0' * 64}", 415),
        ("GET", "/.well-known/cose-keys", 200),
        ("GET", "/status/0", 200),
        ("POST", "/v1/verifications", 400),
        ("POST", f"/v1/verifications/{UUID(int=1)}/assertion", 400),
        ("POST", "/v1/codes/check", 400),
        ("GET", "/v1/staff/sign-in", 404),
    ],
)
async def test_what_strangers_may_call_is_counted_by_address(tmp_path, method, path, otherwise):
    async with running(tmp_path / "home", address_rate=SLOW) as service:
        answers = [await service.anyone.call(method, path) for _ in range(3)]

        assert [each.status for each in answers] == [otherwise, otherwise, 429]
        assert answers[-1].problem == "too-many-requests"
        assert answers[-1].headers["Retry-After"] == "2"


async def test_a_stranger_who_sends_too_many_keys_is_held_before_any_is_kept(tmp_path):
    async with running(tmp_path / "home", address_rate=SLOW) as service:
        answers = [
            await service.anyone.post(
                f"/v1/verifications/{UUID(int=1)}/result",
                {"claim": "none"},
                headers={"Idempotency-Key": f"nobody-guesses-this-one-{n}"},
            )
            for n in range(3)
        ]

        assert [each.status for each in answers] == [400, 400, 429]


async def test_nobody_is_counted_for_what_policy_refuses(tmp_path):
    async with running(tmp_path / "home", caller_rate=SLOW) as service:
        refused = [await service.supervisor.get("/v1/me/copy") for _ in range(3)]
        asked = [await service.supervisor.get("/v1/cases") for _ in range(3)]

        assert [each.status for each in refused] == [403, 403, 403]
        assert [each.status for each in asked] == [200, 200, 429]


async def test_what_is_sent_under_a_key_counts_once(tmp_path):
    async with running(tmp_path / "home", address_rate=SLOW) as service:
        body = {"method": "iamsmart", "purpose": ITEM}
        key = {"Idempotency-Key": "nobody-guesses-this-one-ever"}

        answers = [
            await service.anyone.post("/v1/verifications", body, headers=key) for _ in range(3)
        ]

        assert [each.status for each in answers] == [201, 201, 429]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, GENEROUS),
        ("5/20", Rate(per_second=5, burst=20)),
        ("0/0", Rate(per_second=0, burst=0)),
    ],
)
def test_limits_are_set_as_requests_a_second_and_at_once(tmp_path, said, expected):
    environ = {} if said is None else {"TONGBAN_PARTNER_RATE": said}

    settings = settings_from(environ, tmp_path)

    assert settings.partner_rate == expected
    assert settings.address_rate == GENEROUS


@pytest.mark.parametrize(
    "said", ["", "5", "5/", "/5", "-1/5", "five/six", "5/6/7", "5/0", "0/5"]
)
def test_a_limit_that_is_none_is_refused_at_the_start(tmp_path, said):
    with pytest.raises(HomeUnusable, match="TONGBAN_ADDRESS_RATE"):
        settings_from({"TONGBAN_ADDRESS_RATE": said}, tmp_path)
