"""Loops beside the service, told to stop and waited for: in a thread, or in a task."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any


@asynccontextmanager
async def running(
    loop: Callable[[threading.Event], None], wake: Callable[[], None]
) -> AsyncIterator[Callable[[], bool]]:
    """Run `loop` until the block ends; `wake` lets it see at once that it is to stop.

    What is given says whether it still turns.
    """
    stop = threading.Event()
    thread = threading.Thread(target=loop, args=(stop,))
    thread.start()
    try:
        yield thread.is_alive
    finally:
        stop.set()
        wake()
        await asyncio.to_thread(thread.join)


@asynccontextmanager
async def until_the_end(
    loop: Callable[[], Coroutine[Any, Any, None]],
) -> AsyncIterator[Callable[[], bool]]:
    """Run `loop` as a task until the block ends, and let it clean up.

    What is given says whether it still turns.
    """
    task = asyncio.create_task(loop())
    try:
        yield lambda: not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
