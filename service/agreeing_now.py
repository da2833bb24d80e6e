"""Whether a partner's log, as it shows itself now, still holds all that it proved to us.

Its newest head has to continue the one we cosigned and the tree of every receipt we
keep; the hashes that show it come from its public tiles.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from ledger.transparency import (
    CHECKPOINT,
    LOG,
    Checkpoint,
    LogKeys,
    NoteKey,
    ProofRefused,
    Tile,
    TileNodes,
    TransparencyError,
    consistency_path,
    open_checkpoint,
    verify_consistency,
)
from service.agreeing import Agreement

_LONGEST: Final = 131_072
_TIMEOUT: Final = ClientTimeout(total=15)


async def compare_shown(found: Agreement, keys: LogKeys, url: str) -> None:
    """Ask the log at `url` for its head and tiles, and add to `found` what differs."""
    async with ClientSession(timeout=_TIMEOUT) as client:
        try:
            note = await _get(client, f"{url}/log/checkpoint")
            shown = open_checkpoint(note, _note_keys(keys)).checkpoint
            found.shown = shown.size
            loop = asyncio.get_running_loop()

            def read(level: int, index: int, width: int) -> bytes:
                path = Tile(level, index, width).path
                asked = _get(client, f"{url}/log/{path}")
                return asyncio.run_coroutine_threadsafe(asked, loop).result()

            await asyncio.to_thread(_compare, found, shown, read)
        except TransparencyError as error:
            found.differences.append(f"its log does not show what it proved: {error}")
        except (ClientError, TimeoutError) as error:
            found.differences.append(f"its log cannot be read now: {type(error).__name__}")


def _compare(
    found: Agreement,
    shown: Checkpoint,
    read: Callable[[int, int, int], bytes],
) -> None:
    known = {(each.size, each.root) for each in found.proven}
    if found.witnessed is not None and found.witnessed.size:
        known.add((found.witnessed.size, found.witnessed.root))
    nodes = TileNodes(shown.size, read)
    for size, root in sorted(known):
        if size > shown.size:
            found.differences.append(f"it shows {shown.size:,} entries and proved {size:,}")
            continue
        path = consistency_path(size, shown.size, nodes)
        try:
            verify_consistency(size, root, shown.size, shown.root, path)
        except ProofRefused:
            found.differences.append(f"its tree is another than it was at {size:,} entries")


def _note_keys(keys: LogKeys) -> list[NoteKey]:
    records = (each for each in keys.records if CHECKPOINT in each.use)
    return [NoteKey(keys.origin, LOG, each.public_key) for each in records]


async def _get(client: ClientSession, url: str) -> bytes:
    async with client.get(url, allow_redirects=False, raise_for_status=True) as answer:
        received = bytearray()
        async for chunk in answer.content.iter_any():
            received += chunk
            if len(received) > _LONGEST:
                raise ClientError("too long an answer")
        return bytes(received)
