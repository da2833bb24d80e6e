"""A partner's log as it shows itself now, and whether it continues what is known of it.

What is compared comes from the partner's own tiles, and they have to lead to the
head it signed: whoever stands between can keep it from us, and make up nothing.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from ledger.application import Ledger
from ledger.transparency import (
    CHECKPOINT,
    LOG,
    Checkpoint,
    LogKeys,
    Nodes,
    NoteKey,
    NoteRefused,
    ProofRefused,
    Tile,
    TileReader,
    consistency_path,
    had_root,
    note_keys_in,
    open_checkpoint,
    root_at,
)

_LONGEST: Final = 131_072
_TIMEOUT: Final = ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class ShownLog:
    """The log of the service at `url`; what it does not answer raises `ClientError`."""

    client: ClientSession
    url: str

    async def head(self) -> bytes:
        """Return its newest signed head."""
        return await self._get(URL(f"{self.url}/log/checkpoint"))

    async def witnessed(self, origin: str) -> bytes | None:
        """Return the head of the log called `origin` that it cosigned last, if it did."""
        try:
            return await self._get(URL(f"{self.url}/log/witnessed") % {"origin": origin})
        except ClientError as error:
            if getattr(error, "status", None) == HTTPStatus.NOT_FOUND:
                return None
            raise

    def tiles(self) -> TileReader:
        """Return what reads its tiles, in any thread but that of this loop."""
        loop = asyncio.get_running_loop()

        def read(level: int, index: int, width: int) -> bytes:
            asked = self._get(URL(f"{self.url}/log/{Tile(level, index, width).path}"))
            return asyncio.run_coroutine_threadsafe(asked, loop).result()

        return read

    async def _get(self, url: URL) -> bytes:
        asked = self.client.get(
            url, allow_redirects=False, raise_for_status=True, timeout=_TIMEOUT
        )
        async with asked as answer:
            received = bytearray()
            async for chunk in answer.content.iter_any():
                received += chunk
                if len(received) > _LONGEST:
                    raise ClientError("too long an answer")
            return bytes(received)


def head_keys(keys: LogKeys) -> list[NoteKey]:
    """Return those of a log's keys that sign its heads."""
    return note_keys_in(keys.records, CHECKPOINT, keys.origin, LOG)


def root_and_path(shown: Checkpoint, size: int, nodes: Nodes) -> tuple[bytes, list[bytes]]:
    """Return the root that the tree shown had at `size`, and the path that proves it.

    Raises `ProofRefused` where its tiles do not lead to its head.
    """
    root, path = root_at(size, nodes), consistency_path(size, shown.size, nodes)
    if not had_root(shown, size, root, path):
        raise ProofRefused("its tiles do not lead to its head")
    return root, path


def lost_by_us(ledger: Ledger, note: bytes) -> str | None:
    """Say what our log lacks of the head of ours that a witness shows, if it is not its own."""
    published = ledger.published
    try:
        shown = open_checkpoint(note, published.keys.note_keys()).checkpoint
    except NoteRefused:
        return "it shows a head of our log that no key of ours signed"
    size = ledger.recorder.frontier().size
    if shown.size > size:
        return f"it cosigned {shown.size:,} entries of our log, which has {size:,}; {_RESTORED}"
    if shown.size and published.root(shown.size) != shown.root:
        return f"it cosigned another tree of our first {shown.size:,} entries; {_RESTORED}"
    return None


_RESTORED = "was this home restored from an old copy? stop, and restore the newest"
