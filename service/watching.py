"""Looking at our partners' logs, again and again, and at what they cosigned of ours.

A log with two histories would hardly ask us to cosign the second. So we look
ourselves: what a partner shows anyone has to continue what it showed us.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

from aiohttp import ClientError, ClientSession, web

from identity.errors import TokenRefused
from ledger.application import Ledger
from ledger.errors import LedgerError
from ledger.transparency import (
    Checkpoint,
    LogKeys,
    Note,
    TileNodes,
    TransparencyError,
    as_signed,
)
from ledger.witnessing import Witness
from service.partner_logs import PartnerLogs
from service.shown_logs import ShownLog, head_keys, lost_by_us, root_and_path

_PATIENCE = 30
_KEPT = 1.5
"""A head may be kept for a second by whoever stands between."""
_log = logging.getLogger("tongban.watching")


class Watching:
    """Looks at the logs of `urls`, whoever they are by then, every `seconds`."""

    def __init__(
        self,
        ledger: Ledger,
        witness: Witness,
        logs: PartnerLogs,
        urls: Callable[[], Mapping[str, str]],
        client: ClientSession,
        *,
        seconds: float,
    ) -> None:
        self._ledger = ledger
        self._witness = witness
        self._logs = logs
        self._urls = urls
        self._client = client
        self._seconds = seconds
        self._found: dict[str, str] = {}

    async def run(self) -> None:
        """Look until cancelled; what fails is told to the log and tried again."""
        while True:
            try:
                await self.look()
            except Exception as error:
                _log.error("looking at partners' logs failed: %s", type(error).__name__)
            await asyncio.sleep(self._seconds)

    async def look(self) -> None:
        """Look at every partner's log once."""
        await asyncio.gather(*(self._look(*each) for each in self._urls().items()))

    def told(self) -> dict[str, str]:
        """Return by region what is the matter with a partner's log, or with ours by its."""
        urls, found = self._urls(), {**self._found}
        forked = {region: _FORKED for region in urls if self._forks(region)}
        return forked | {region: why for region, why in found.items() if region in urls}

    async def _look(self, region: str, url: str) -> None:
        log = ShownLog(self._client, url.rstrip("/"))
        try:
            async with asyncio.timeout(_PATIENCE):
                keys = self._logs.keys(region)
                trouble = await self._theirs(log, keys) or await self._ours(log)
        except TransparencyError as error:
            trouble = f"its log does not show what it proved: {error}"
        except (TokenRefused, ClientError, TimeoutError, LedgerError):
            # Who is away is told of elsewhere; what was found before is not mended by it.
            return
        if trouble is None:
            self._found.pop(region, None)
        elif self._found.get(region) != trouble:
            _log.error("the log of %s: %s", region, trouble)
            self._found[region] = trouble

    async def _theirs(self, log: ShownLog, keys: LogKeys) -> str | None:
        known = await asyncio.to_thread(self._witness.latest, keys.origin)
        if known is None or not known.size:
            return None
        note, shown = await _head(log, keys)
        if shown.size < known.size:
            await asyncio.sleep(_KEPT)
            note, shown = await _head(log, keys)
        if shown.size < known.size:
            return f"it shows {shown.size:,} entries, and we cosigned {known.size:,}"
        nodes = TileNodes(shown.size, log.tiles())
        root, path = await asyncio.to_thread(root_and_path, shown, known.size, nodes)
        if root == known.root:
            return None
        is_kept = await asyncio.to_thread(self._witness.notice, note, root, path)
        return _FORKED if is_kept else None

    async def _ours(self, log: ShownLog) -> str | None:
        note = await log.witnessed(self._ledger.published.keys.origin)
        return None if note is None else await asyncio.to_thread(lost_by_us, self._ledger, note)

    def _forks(self, region: str) -> int:
        try:
            return self._witness.forks(self._logs.keys(region).origin)
        except TokenRefused:
            return 0


async def _head(log: ShownLog, keys: LogKeys) -> tuple[bytes, Checkpoint]:
    note = as_signed(await log.head(), head_keys(keys))
    return note, Checkpoint.parse(Note.parse(note).text)


_FORKED = "it signed two histories; both heads are kept (log.forked.v1), see `tongban agree`"

WATCHING = web.AppKey("watching", Watching)
