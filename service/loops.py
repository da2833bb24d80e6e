"""A loop in a thread of its own, told to stop and waited for."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


@asynccontextmanager
async def running(
    loop: Callable[[threading.Event], None], wake: Callable[[], None]
) -> AsyncIterator[None]:
    """Run `loop` until the block ends; `wake` lets it see at once that it is to stop."""
    stop = threading.Event()
    thread = threading.Thread(target=loop, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        wake()
        await asyncio.to_thread(thread.join)
