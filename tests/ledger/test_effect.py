"""What a request wrote is seen from outside of it, in whichever thread it was written."""

import asyncio
from concurrent.futures import Future

import pytest

from ledger.effect import note, noting
from ledger.errors import CommandRejected, OutcomeUnknown


def given(error=None, *, done=True):
    future: Future[None] = Future()
    if error is not None:
        future.set_exception(error)
    elif done:
        future.set_result(None)
    return future


def cancelled():
    future = given(done=False)
    future.cancel()
    return future


@pytest.mark.parametrize(
    "writing", [given(), given(done=False), given(OutcomeUnknown("who knows"))]
)
def test_what_was_written_or_may_be_yet_is_seen(writing):
    with noting() as effect:
        note(given(CommandRejected("no")))
        note(writing)

    assert effect.may_be_there()


def test_what_was_refused_or_taken_back_is_nothing():
    with noting() as effect:
        note(given(CommandRejected("no")))
        note(cancelled())

    assert not effect.may_be_there()


async def test_threads_and_tasks_of_a_request_are_its_own_and_no_others():
    async def request(write):
        with noting() as effect:
            if write:
                await asyncio.create_task(asyncio.to_thread(note, given()))
            await asyncio.sleep(0)
        return effect.may_be_there()

    note(given())

    wrote, read = await asyncio.gather(request(True), request(False))
    assert (wrote, read) == (True, False)
