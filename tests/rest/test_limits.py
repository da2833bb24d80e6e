"""Buckets of requests: what they hold, and that nobody empties another's."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from rest import (
    ADDRESSES,
    AtOnce,
    Limits,
    Rate,
    TooManyRequests,
    count_address,
    problem_middleware,
)
from rest.limits import MOST_CALLERS

NOON = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def limits(clock, per_second=2.0, burst=3):
    return Limits(rate=Rate(per_second=per_second, burst=burst), clock=clock)


def taken(bucket, caller, times):
    """How many of so many requests at once are let through."""
    through = 0
    for _ in range(times):
        try:
            bucket.take(caller)
            through += 1
        except TooManyRequests:
            pass
    return through


def test_a_burst_is_let_through_and_no_more(clock):
    assert taken(limits(clock), "CN-GX", 10) == 3


def test_one_caller_takes_nothing_from_another(clock):
    bucket = limits(clock)
    taken(bucket, "CN-GX", 10)

    assert taken(bucket, "CN-HN", 10) == 3


def test_a_bucket_fills_with_time_and_never_beyond_its_burst(clock):
    bucket = limits(clock)
    taken(bucket, "CN-GX", 10)

    clock.now += timedelta(seconds=1)
    assert taken(bucket, "CN-GX", 10) == 2
    clock.now += timedelta(days=1)
    assert taken(bucket, "CN-GX", 10) == 3


def test_whoever_comes_too_often_is_told_when_to_come_again(clock):
    bucket = limits(clock, per_second=0.1, burst=1)
    bucket.take("CN-GX")

    with pytest.raises(TooManyRequests) as refused:
        bucket.take("CN-GX")

    assert refused.value.retry_after == 10
    clock.now += timedelta(seconds=10)
    bucket.take("CN-GX")


def test_a_clock_that_is_set_back_takes_nothing_away_and_gives_nothing(clock):
    bucket = limits(clock)
    taken(bucket, "CN-GX", 2)

    clock.now -= timedelta(hours=1)

    assert taken(bucket, "CN-GX", 10) == 1


def test_a_rate_of_zero_sets_no_limit(clock):
    assert taken(limits(clock, per_second=0, burst=0), "CN-GX", 100) == 100


def test_callers_without_end_take_no_more_room_than_the_most_there_may_be(clock):
    bucket = limits(clock)

    for number in range(MOST_CALLERS + 10):
        bucket.take(str(number))

    assert len(bucket._buckets) == MOST_CALLERS


def test_of_one_caller_no_more_are_under_way_than_there_may_be():
    at_once = AtOnce(most=2)
    at_once.begin("one")
    at_once.begin("one")

    with pytest.raises(TooManyRequests):
        at_once.begin("one")

    at_once.begin("another")
    at_once.end("one")
    at_once.begin("one")
    for caller in ("one", "one", "another"):
        at_once.end(caller)
    assert at_once == AtOnce(most=2), "nobody is remembered who has nothing under way"


def test_where_callers_are_not_limited_as_many_are_under_way_as_come():
    at_once = AtOnce(most=None)

    for _ in range(1000):
        at_once.begin("one")


@given(st.lists(st.floats(0, 5), max_size=60))
def test_over_any_time_no_more_passes_than_the_burst_and_the_rate_allow(pauses):
    clock = Clock()
    bucket = limits(clock)
    through = 0
    for pause in pauses:
        clock.now += timedelta(seconds=pause)
        through += taken(bucket, "CN-GX", 1)

    assert through <= 3 + 2 * (clock.now - NOON).total_seconds() + 1e-3


@pytest.mark.parametrize(
    ("addresses", "through"),
    [
        (["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:0:1::"], 1),
        (["2001:db8::1", "2001:db8:0:1::1"], 2),
        (["192.0.2.1", "192.0.2.2"], 2),
        (["::ffff:192.0.2.1", "192.0.2.1"], 1),
        (["::ffff:192.0.2.1", "::ffff:192.0.2.2"], 2),
        (["fe80::1%eth0", "fe80::2%eth0"], 1),
        (["", ""], 1),
    ],
)
def test_whoever_has_a_network_of_addresses_is_one_caller(clock, addresses, through):
    app = web.Application()
    app[ADDRESSES] = limits(clock, burst=1)
    passed = 0

    for address in addresses:
        request = make_mocked_request("GET", "/", app=app).clone(remote=address)
        with suppress(TooManyRequests):
            count_address(request)
            passed += 1

    assert passed == through


async def test_too_many_requests_are_a_problem_that_says_when_to_come_again(
    aiohttp_client, clock
):
    async def handler(request):
        count_address(request)
        return web.Response()

    app = web.Application(middlewares=[problem_middleware({})])
    app[ADDRESSES] = limits(clock, per_second=0.25, burst=1)
    app.router.add_get("/", handler)
    client = await aiohttp_client(app)

    async with client.get("/") as first, client.get("/") as second:
        assert (first.status, second.status) == (200, 429)
        assert second.headers["Retry-After"] == "4"
        told = await second.json(content_type=None)
        assert told["type"] == "/problems/too-many-requests"
