"""Asking other threads from a loop: together once a turn, and woken for all of it at once."""

import asyncio
from concurrent.futures import Future

import pytest

from ledger.awaiting import Awaiting
from ledger.errors import Overloaded


async def test_what_one_turn_of_the_loop_asks_is_asked_together_when_it_is_over():
    awaiting, asked = Awaiting(), list[int]()
    answers = [Future[int]() for _ in range(3)]

    def ask(number):
        asked.append(number)
        return answers[number]

    async def caller(number):
        said = awaiting.answer(lambda: ask(number))
        assert asked == []
        return await said

    callers = asyncio.gather(*map(caller, range(3)))
    await asyncio.sleep(0.01)
    assert asked == [0, 1, 2]
    for number, answer in enumerate(answers):
        answer.set_result(10 * number)

    assert await callers == [0, 10, 20]


async def test_one_who_cannot_be_asked_for_is_told_and_the_others_are_answered():
    awaiting, done = Awaiting(), Future[str]()
    done.set_result("recorded")

    def refuse():
        raise Overloaded("too much is waiting")

    refused, answered = await asyncio.gather(
        awaiting.answer(refuse), awaiting.answer(lambda: done), return_exceptions=True
    )

    assert isinstance(refused, Overloaded)
    assert answered == "recorded"


async def test_who_has_gone_away_keeps_no_answer_from_the_others():
    awaiting, slow, quick = Awaiting(), Future[int](), Future[int]()

    gone = asyncio.ensure_future(awaiting.answer(lambda: slow))
    staying = asyncio.ensure_future(awaiting.answer(lambda: quick))
    await asyncio.sleep(0)
    gone.cancel()
    slow.set_result(1)
    quick.set_result(2)

    assert await staying == 2
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_what_fails_elsewhere_fails_here():
    awaiting, failing = Awaiting(), Future[int]()
    failing.set_exception(ValueError("no"))

    with pytest.raises(ValueError, match="no"):
        await awaiting.answer(lambda: failing)
