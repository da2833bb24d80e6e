"""Whether this server is fit to be asked now; why it is not, in words for an operator.

`/live` is for whoever would start the process anew, `/ready` for whoever chooses a
server to ask. Readiness goes first: while the service ends, and while too much waits.
"""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Final

from aiohttp import web

from ledger.errors import LedgerError
from ledger.http import AWAITING, FOLLOWER, LEDGER
from ledger.writer import CAPACITY
from rest.load import LOAD
from service.stopping import STOPPING

LAG: Final = 10_000
"""Entries that views may be behind."""
CROWDED: Final = CAPACITY // 2
"""Jobs that may wait, well before more are refused."""
_FRESH = 0.5
_FULL = 0.75
_MEGABYTE = 1 << 20


class Readiness:
    """Looks at most twice a second, however often it is asked.

    The disk of `folder` has to have so much room; the writer has `patience` seconds to
    take a turn.
    """

    def __init__(
        self,
        app: web.Application,
        folder: Path,
        *,
        free_megabytes: float,
        patience: float = 2.0,
    ) -> None:
        self._app = app
        self._folder = folder
        self._least = free_megabytes * _MEGABYTE
        self._patience = patience
        self._looked_at = float("-inf")
        self._found: list[str] = []
        self._looking = asyncio.Lock()

    async def reasons(self) -> list[str]:
        """Return what stands in the way; nothing where the server is ready."""
        if self._app[STOPPING].is_set():
            return ["stopping"]
        if self._is_crowded():
            return ["overloaded"]
        async with self._looking:
            if monotonic() - self._looked_at > _FRESH:
                self._found = [*self._quick(), *await self._slow()]
                self._looked_at = monotonic()
        return self._found

    def _is_crowded(self) -> bool:
        """Tell whether more is asked than leaves room."""
        load = self._app[LOAD]
        crowded = load.lateness.is_too_late or load.in_flight > load.most * _FULL
        return crowded or self._app[LEDGER].waiting > CROWDED

    def _quick(self) -> list[str]:
        ledger, follower = self._app[LEDGER], self._app[FOLLOWER]
        found = []
        if follower.trouble is not None or ledger.head - follower.position >= LAG:
            found.append("views-behind")
        try:
            if shutil.disk_usage(self._folder).free < self._least:
                found.append("disk-full")
        except OSError:
            found.append("home-missing")
        return found

    async def _slow(self) -> list[str]:
        """Ask for the head's key, and for a turn to write: nothing is written in it."""
        ledger = self._app[LEDGER]
        try:
            async with asyncio.timeout(self._patience):
                if await asyncio.to_thread(ledger.published.key_problem) is not None:
                    return ["unsigned"]
                turn = ledger.writing(lambda _draft: None)
                await self._app[AWAITING].result(turn)
        except (LedgerError, TimeoutError):
            return ["log-not-writable"]
        return []


READINESS = web.AppKey("readiness", Readiness)
RUNNING = web.AppKey("running", list[Callable[[], bool]])
"""Says of each loop beside the requests whether it still turns."""
