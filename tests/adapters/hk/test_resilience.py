"""How our client treats a provider that fails: repeated, left alone, tried again."""

import asyncio
import os
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hk.resilience import (
    FAILURES_TO_OPEN,
    FIRST_WAIT,
    LONGEST_WAIT,
    OPEN_FOR,
    Budget,
    Circuit,
    full_jitter,
)
from adapters.hk.simulator.switches import UNTIL_OFF, Switch
from identity.errors import ProviderUnavailable, VerificationDeclined
from identity.model import Scope


@pytest.fixture
def circuit(clock):
    return Circuit(clock)


def fail(circuit, error=ProviderUnavailable):
    with pytest.raises(error) as refusal, circuit.call():
        raise error("it failed")
    return refusal.value


def succeed(circuit):
    with circuit.call():
        pass


def opened(circuit):
    for _ in range(FAILURES_TO_OPEN):
        fail(circuit)
    return circuit


def test_a_circuit_stays_closed_while_failures_are_not_in_a_row(circuit):
    for _ in range(3):
        for _ in range(FAILURES_TO_OPEN - 1):
            fail(circuit)
        succeed(circuit)

    succeed(circuit)


def test_an_open_circuit_lets_nothing_through_and_says_when_to_come_back(circuit, clock):
    opened(circuit)
    clock.advance(seconds=10.5)

    with pytest.raises(ProviderUnavailable, match="left alone") as refusal:
        succeed(circuit)

    assert refusal.value.retry_after == 20


def test_an_open_circuit_heals_by_one_call_that_succeeds(circuit, clock):
    opened(circuit)
    clock.now += OPEN_FOR

    succeed(circuit)

    for _ in range(FAILURES_TO_OPEN - 1):
        fail(circuit)
    succeed(circuit)


def test_an_open_circuit_stays_so_by_one_call_that_fails(circuit, clock):
    opened(circuit)
    clock.now += OPEN_FOR
    fail(circuit)

    with pytest.raises(ProviderUnavailable, match="left alone"):
        succeed(circuit)


def test_only_one_call_tries_a_half_open_circuit(circuit, clock):
    opened(circuit)
    clock.now += OPEN_FOR

    with circuit.call(), pytest.raises(ProviderUnavailable, match="left alone") as refusal:
        succeed(circuit)

    assert refusal.value.retry_after == 1


def test_a_trial_that_is_given_up_does_not_block_the_next(circuit, clock):
    opened(circuit)
    clock.now += OPEN_FOR
    fail(circuit, asyncio.CancelledError)

    succeed(circuit)


def test_a_refusal_in_the_providers_own_words_is_no_failure(circuit):
    for _ in range(2 * FAILURES_TO_OPEN):
        fail(circuit, VerificationDeclined)

    succeed(circuit)


def test_a_clock_that_was_set_back_does_not_keep_a_circuit_open(circuit, clock):
    opened(circuit)
    clock.advance(days=-1)

    succeed(circuit)


@given(st.integers(0, 20), st.binary(min_size=4, max_size=4))
def test_a_wait_is_anything_up_to_its_doubled_bound(attempt, drawn):
    wait = full_jitter(attempt, lambda _: drawn)

    assert 0 <= wait < min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)


def test_repetitions_are_a_tenth_of_all_calls_once_what_was_saved_is_spent():
    budget = Budget()
    saved = sum(budget.spend() for _ in range(100))

    for _ in range(100):
        budget.earn()

    assert (saved, sum(budget.spend() for _ in range(100))) in ((10, 9), (10, 10))


async def test_a_content_key_is_asked_for_again(world):
    code = await world.code()
    world.turn_on(Switch.DOWN, times=2)

    await world.provider.redeem(code)

    assert len(world.sleeper.slept) == 2
    assert all(0 <= slept < LONGEST_WAIT for slept in world.sleeper.slept)


async def test_a_content_key_is_asked_for_three_times_and_no_more(world):
    code = await world.code()
    world.turn_on(Switch.DOWN, times=3)

    with pytest.raises(ProviderUnavailable, match="503"):
        await world.provider.redeem(code)

    assert await world.provider.redeem(code)


async def test_a_code_is_never_sent_twice(world):
    await world.provider.redeem(await world.code())
    code = await world.code()
    world.turn_on(Switch.DOWN)

    with pytest.raises(ProviderUnavailable):
        await world.provider.redeem(code)

    assert world.sleeper.slept == []


async def test_nobody_waits_for_a_repetition_after_a_call_that_took_its_whole_time(world):
    world.provider = world.provider_with(connect_seconds=0.2, total_seconds=0.2)
    code = await world.code()
    world.turn_on(Switch.SLOW, times=UNTIL_OFF)
    world.simulated.sleep = lambda _: hang(world.clock)

    with pytest.raises(ProviderUnavailable, match="reached"):
        await world.provider.redeem(code)

    assert world.sleeper.slept == []


async def hang(clock):
    clock.advance(seconds=1)
    await asyncio.sleep(60)


async def test_a_provider_that_is_down_is_left_alone_and_asked_again_later(world):
    await world.provider.redeem(await world.code())
    codes = [await world.code() for _ in range(FAILURES_TO_OPEN + 1)]
    world.turn_on(Switch.DOWN, times=UNTIL_OFF)
    for code in codes[1:]:
        with pytest.raises(ProviderUnavailable):
            await world.provider.redeem(code)

    world.turn_on()
    with pytest.raises(ProviderUnavailable, match="left alone") as refusal:
        await world.provider.redeem(codes[0])
    world.clock.now += timedelta(seconds=refusal.value.retry_after or 0)

    assert await world.provider.redeem(codes[0])


async def test_answers_that_make_no_sense_open_the_circuit_too(world):
    await world.provider.redeem(await world.code())
    code = await world.code()
    world.turn_on(Switch.GARBAGE, times=UNTIL_OFF)

    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(ProviderUnavailable) as refusal:
            await world.provider.redeem(code)

    assert refusal.match("left alone")


async def test_after_a_failure_the_content_key_is_tried_before_anybodys_code(world):
    await world.provider.redeem(await world.code())
    lost, kept = await world.code(), await world.code()
    world.turn_on(Switch.DOWN, times=UNTIL_OFF)
    for code in (lost, kept):
        with pytest.raises(ProviderUnavailable):
            await world.provider.redeem(code)

    world.turn_on()

    assert await world.provider.redeem(kept)


async def test_a_content_key_withdrawn_in_the_middle_costs_nobody_their_code(world):
    await world.provider.redeem(await world.code())
    codes = [await world.code(resident=who) for who in ("chan", "wong", "lee", "auyeung")]
    world.turn_on(Switch.STALE_KEY)

    grants = await asyncio.gather(*map(world.provider.redeem, codes))

    assert len({grant.account for grant in grants}) == len(codes)


async def test_a_content_key_that_is_always_stale_is_an_unavailable_provider(world):
    code = await world.code()
    world.turn_on(Switch.STALE_KEY, times=UNTIL_OFF)

    with pytest.raises(ProviderUnavailable, match="none of the content keys"):
        await world.provider.redeem(code)


async def test_a_step_up_goes_on_under_a_key_renewed_in_the_middle(world):
    grant = await world.provider.redeem(await world.code(scope=Scope.STEP_UP))
    world.simulated.withdraw_key()

    assert await world.provider.request(grant, Scope.STEP_UP, transaction="case-1")


async def test_waits_are_drawn_anew_each_time(world):
    drawn = {full_jitter(3, os.urandom) for _ in range(50)}

    assert len(drawn) > 40
