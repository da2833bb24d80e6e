"""Many tasks have the same time, and one timer ends those that take longer."""

import asyncio
from contextlib import suppress

import pytest

from rest.deadline import Deadline, Timed


async def lasting(deadline, seconds):
    with Timed(deadline):
        await asyncio.sleep(seconds)
    return "done"


async def test_what_lasts_too_long_is_ended_and_what_does_not_is_left_alone():
    deadline = Deadline(0.05)

    slow = asyncio.create_task(lasting(deadline, 5))
    quick = await lasting(deadline, 0)

    assert quick == "done"
    with pytest.raises(TimeoutError):
        await slow


async def test_each_has_its_whole_time_however_long_others_were_under_way():
    deadline, began = Deadline(0.2), asyncio.get_running_loop().time()
    first = asyncio.create_task(lasting(deadline, 5))
    await asyncio.sleep(0.1)

    with pytest.raises(TimeoutError):
        await lasting(deadline, 5)
    second = asyncio.get_running_loop().time() - began

    assert isinstance(first.exception(), TimeoutError)
    assert 0.29 < second < 1


async def test_what_was_let_go_takes_as_long_as_it_likes():
    timed = Timed(Deadline(0.02))
    with timed:
        timed.let_go()
        await asyncio.sleep(0.1)

    assert not timed.is_over


async def test_a_task_that_somebody_else_ends_is_not_told_that_its_time_was_over():
    task = asyncio.create_task(lasting(Deadline(5), 5))
    await asyncio.sleep(0)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_ended_by_both_ends_as_whoever_asked_for_it_wants():
    timed, began = Timed(Deadline(5)), asyncio.Event()

    async def wait():
        with timed:
            began.set()
            await asyncio.sleep(5)

    task = asyncio.create_task(wait())
    await began.wait()
    task.cancel()
    timed.end()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_time_that_is_over_does_not_end_what_the_task_does_afterwards():
    deadline = Deadline(0.02)

    async def goes_on():
        with suppress(TimeoutError):
            await lasting(deadline, 5)
        await asyncio.sleep(0.05)

    task = asyncio.create_task(goes_on())
    await task

    assert task.cancelling() == 0


async def test_whoever_is_ended_in_time_leaves_nothing_to_be_ended_later():
    deadline = Deadline(0.03)

    done = await asyncio.gather(*(lasting(deadline, 0) for _ in range(100)))
    await asyncio.sleep(0.1)
    after = await asyncio.gather(lasting(deadline, 5), return_exceptions=True)

    assert done == ["done"] * 100
    assert isinstance(after[0], TimeoutError)
