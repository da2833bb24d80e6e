"""How long a content key is used, and which callbacks it opens."""

import asyncio
from datetime import timedelta

import pytest

from identity.errors import (
    CallbackRefused,
    IdentityError,
)
from tests.adapters.hk.answering import (
    KEY,
    NOON,
    TOKEN,
    callback,
    plainly,
    refused,
    sealed,
)


async def test_a_content_key_is_used_until_a_minute_before_its_end(
    counterpart, clock, keys_given
):
    client = await counterpart(*[sealed(TOKEN)] * 3)

    for minutes in (0, 58, 1):
        clock.advance(minutes=minutes)
        await client.redeem("code-1")

    assert keys_given == [NOON, NOON + timedelta(minutes=59)]


async def test_a_content_key_that_was_old_when_given_lasts_no_longer(
    counterpart, clock, keys_given
):
    clock.advance(minutes=30)
    client = await counterpart(*[sealed(TOKEN)] * 2)

    for minutes in (0, 29):
        clock.advance(minutes=minutes)
        await client.redeem("code-1")

    assert len(keys_given) == 2


async def test_a_content_key_issued_in_the_future_lives_no_longer_for_it(
    counterpart, clock, keys_given
):
    clock.advance(minutes=-30)
    client = await counterpart(*[sealed(TOKEN)] * 3)

    for minutes in (0, 58, 1):
        clock.advance(minutes=minutes)
        await client.redeem("code-1")

    assert keys_given == [NOON - timedelta(minutes=30), NOON + timedelta(minutes=29)]


async def test_no_content_key_is_kept_for_more_than_a_day(counterpart, clock, keys_given):
    client = await counterpart(*[sealed(TOKEN)] * 2, expires_in=10**14)

    for hours in (0, 24):
        clock.advance(hours=hours)
        await client.redeem("code-1")

    assert len(keys_given) == 2


@pytest.mark.parametrize("bad", [plainly(b"{}"), refused("D79999")])
async def test_after_a_failure_the_content_key_is_asked_for_again(counterpart, keys_given, bad):
    client = await counterpart(bad, sealed(TOKEN))
    with pytest.raises(IdentityError):
        await client.redeem("code-1")

    await client.redeem("code-2")

    assert len(keys_given) == 2


async def test_tasks_that_start_together_ask_for_one_content_key(counterpart, keys_given):
    client = await counterpart(*[sealed(TOKEN)] * 8)

    await asyncio.gather(*(client.redeem("code-1") for _ in range(8)))

    assert len(keys_given) == 1


async def test_a_callback_without_a_key_opens_with_the_one_we_hold(counterpart, rsa_key):
    client = await counterpart(sealed(TOKEN))
    await client.redeem("code-1")

    profile = client.read_callback(*callback(rsa_key, {"businessID": "c"}, secretKey=None))

    assert profile.transaction == "c"


async def test_a_callback_sealed_just_before_a_renewal_opens(counterpart, rsa_key, clock):
    old, new = KEY, KEY[::-1]
    client = await counterpart(sealed(TOKEN, old), sealed(TOKEN, new), keys=[old, new])
    await client.redeem("code-1")
    clock.advance(minutes=59)
    await client.redeem("code-2")
    headers, body = callback(rsa_key, {"businessID": "c"}, secretKey=None)
    clock.now = NOON

    assert client.read_callback(headers, body).transaction == "c"


async def test_a_callback_under_a_key_from_before_the_last_does_not_open(
    counterpart, rsa_key, clock
):
    keys = [KEY, KEY[::-1], bytes(32)]
    client = await counterpart(*(sealed(TOKEN, key) for key in keys), keys=keys)
    for _ in keys:
        await client.redeem("code-1")
        clock.advance(minutes=59)
    headers, body = callback(rsa_key, {"businessID": "c"}, secretKey=None)
    clock.now = NOON

    with pytest.raises(CallbackRefused, match="no content key that we hold"):
        client.read_callback(headers, body)
