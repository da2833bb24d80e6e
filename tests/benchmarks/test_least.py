"""What does the least keeps all that it is given, however much comes at once."""

import asyncio

from benchmarks.least import Keeper

SECONDS = 20


async def test_more_than_a_batch_at_once_is_kept_and_what_comes_after_it(tmp_path):
    keeper = Keeper(tmp_path)

    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(keeper.keep() for _ in range(600)))
        await keeper.keep()
    await asyncio.to_thread(keeper.close)
