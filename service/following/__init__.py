"""Views brought on by a process of their own, beside the one that answers, or by a thread.

Folding and answering would else take turns at one interpreter. The views are files that
readers find by name, so nothing of them passes between the two: only how far the log has
come, and how far the views have.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing

from ledger.projections.follower import Follower
from ledger.projections.following import Following
from service.following.apart import FollowerApart
from service.following.lines import Opening
from service.loops import running, until_the_end

__all__ = ["FollowerApart", "Opening", "bringing_on"]

_TO_BEGIN = 30.0


@asynccontextmanager
async def bringing_on(follower: Following) -> AsyncIterator[Callable[[], bool]]:
    """Bring the views on until the block ends; what is given says whether anybody does.

    Where another process does, the block begins once it was heard of, for whoever asks at
    once would else be told that the views are behind.
    """
    if isinstance(follower, FollowerApart):
        async with until_the_end(follower.run) as turns:
            await follower.begun(_TO_BEGIN)
            yield turns
    elif isinstance(follower, Follower):
        with closing(follower):
            async with running(follower.run, follower.wake) as turns:
                yield turns
    else:
        raise TypeError(f"nobody knows how to run a {type(follower).__name__}")
