"""Clients that wait for each answer before they ask again, many of them at once.

Those of the ledger are coroutines on one loop, as behind its HTTP service; those
of a library that blocks are threads.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import perf_counter
from typing import Any

import uvloop

from benchmarks.measure import Timed


def coroutines(asks: Sequence[Callable[[], Future[Any]]], at_once: int) -> Timed:
    """Have `at_once` coroutines share `asks`; each is over when its answer is there.

    One alone just waits: it needs no loop.
    """
    if at_once == 1:
        return Timed.one_by_one([partial(_answered, ask) for ask in asks])
    waiting = iter(asks)
    each: list[float] = []

    async def client() -> None:
        for ask in waiting:
            start = perf_counter()
            await asyncio.wrap_future(ask())
            each.append(perf_counter() - start)

    async def clients() -> float:
        start = perf_counter()
        await asyncio.gather(*(client() for _ in range(at_once)))
        return perf_counter() - start

    return Timed(seconds=uvloop.run(clients()), each=each)


def _answered(ask: Callable[[], Future[Any]]) -> None:
    ask().result()


def threads(calls: Sequence[Callable[[], object]], at_once: int) -> Timed:
    """Have `at_once` threads share `calls`."""

    def timed(call: Callable[[], object]) -> float:
        start = perf_counter()
        call()
        return perf_counter() - start

    with ThreadPoolExecutor(at_once) as pool:
        start = perf_counter()
        each = list(pool.map(timed, calls))
        return Timed(seconds=perf_counter() - start, each=each)
