"""Being late counts only where requests are why."""

import asyncio
import time

import pytest

from rest.errors import TooBusy
from rest.lateness import Lateness
from rest.load import Load


def looked(late, asked):
    lateness = Lateness(most=0.25, enough=10)
    for _ in range(asked):
        lateness.ask()
    lateness.look(late)
    return lateness


def test_late_for_many_requests_is_too_late():
    assert looked(0.26, 10).is_too_late


def test_late_for_few_is_a_machine_that_was_held_up():
    assert not looked(5.0, 9).is_too_late


def test_many_in_time_are_no_trouble():
    assert not looked(0.25, 1_000).is_too_late


def test_requests_count_until_the_next_look_only():
    lateness = looked(0.26, 10)
    lateness.look(0.26)

    assert not lateness.is_too_late


async def test_the_loop_finds_out_by_itself_how_late_it_is():
    lateness = Lateness(enough=0)
    looking = asyncio.create_task(lateness.run())
    asyncio.get_running_loop().call_soon(time.sleep, 0.4)
    await asyncio.sleep(0.3)
    looking.cancel()

    assert lateness.late > 0.3
    assert lateness.is_too_late


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nothing_is_taken_while_it_is_too_late(method):
    load = Load(most=100, lateness=looked(0.26, 10))

    with pytest.raises(TooBusy):
        load.check(method)

    assert load.shed == 1
    load.lateness.look(0.0)
    load.check(method)
