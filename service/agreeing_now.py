"""Whether a partner's log, as it shows itself now, still holds all that it proved to us.

Its newest head has to continue the one we cosigned and the tree of every receipt we
keep; the hashes that show it come from its public tiles. And what it cosigned of our
log has to be in ours: a home that was restored from an old copy is told so by others.
"""

import asyncio

from aiohttp import ClientError, ClientSession

from ledger.application import Ledger
from ledger.transparency import (
    Checkpoint,
    LogKeys,
    TileNodes,
    TileReader,
    TransparencyError,
    open_checkpoint,
)
from service.agreeing import Compared
from service.shown_logs import ShownLog, head_keys, lost_by_us, root_and_path


async def compare_shown(found: Compared, keys: LogKeys, url: str, ledger: Ledger) -> None:
    """Ask the log at `url` for its head and tiles, and add to `found` what differs."""
    async with ClientSession() as client:
        log = ShownLog(client, url)
        try:
            shown = open_checkpoint(await log.head(), head_keys(keys)).checkpoint
            found.shown = shown.size
            await asyncio.to_thread(_compare, found, shown, log.tiles())
            note = await log.witnessed(ledger.published.keys.origin)
            lost = None if note is None else lost_by_us(ledger, note)
            if lost is not None:
                found.differences.append(lost)
        except TransparencyError as error:
            found.differences.append(f"its log does not show what it proved: {error}")
        except (ClientError, TimeoutError) as error:
            found.differences.append(f"its log cannot be read now: {type(error).__name__}")


def _compare(found: Compared, shown: Checkpoint, read: TileReader) -> None:
    known = {(each.size, each.root) for each in found.proven}
    if found.witnessed is not None and found.witnessed.size:
        known.add((found.witnessed.size, found.witnessed.root))
    nodes = TileNodes(shown.size, read)
    for size, root in sorted(known):
        if size > shown.size:
            found.differences.append(f"it shows {shown.size:,} entries and proved {size:,}")
        elif root_and_path(shown, size, nodes)[0] != root:
            found.differences.append(f"its tree is another than it was at {size:,} entries")
