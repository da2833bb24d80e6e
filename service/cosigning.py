"""Asking witnesses to cosign our newest head, again and again.

Two logs that witness each other would never come to rest if each cosignature
called for another: a head is offered only once something else was recorded.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientTimeout

from ledger.application import Ledger
from ledger.transparency import (
    AddCheckpoint,
    Checkpoint,
    Note,
    NoteKey,
    add_cosignatures,
)
from ledger.transparency.checkpoint import parse_size

_log = logging.getLogger("tongban.cosigning")
_LONGEST_ANSWER = 16_384
_NEWER = """
    SELECT 1 FROM stored_events WHERE rowid > ? AND rowid <= ?
    AND topic NOT IN ('log.cosigned.v1') LIMIT 1
"""


@dataclass(slots=True)
class Neighbour:
    """A witness that we ask: its key, where it is, and the size it cosigned last."""

    key: NoteKey
    url: str
    known: int = field(default=0, compare=False)


class Cosigning:
    """Asks every one of `neighbours`, whoever they are by then, every `seconds`."""

    def __init__(
        self,
        ledger: Ledger,
        neighbours: Callable[[], Sequence[Neighbour]],
        client: ClientSession,
        *,
        seconds: float,
    ) -> None:
        self._ledger = ledger
        self._neighbours = neighbours
        self._client = client
        self._seconds = seconds
        self._offered: dict[str, int] = {}
        self._away: dict[str, str] = {}

    async def run(self) -> None:
        """Ask until cancelled; what fails is told to the log and tried again."""
        while True:
            try:
                await self.ask()
            except Exception as error:
                _log.error("asking for cosignatures failed: %s", type(error).__name__)
            await asyncio.sleep(self._seconds)

    async def ask(self) -> int:
        """Have the newest head cosigned, and return how many witnesses did."""
        neighbours = self._neighbours()
        if not neighbours:
            return 0
        published = self._ledger.published
        note = await asyncio.to_thread(published.checkpoint)
        checkpoint = Checkpoint.parse(Note.parse(note).text)
        asked = [each for each in neighbours if await self._is_due(each, checkpoint)]
        answers = await asyncio.gather(*(self._ask(each, checkpoint, note) for each in asked))
        for neighbour, answer in zip(asked, answers, strict=True):
            if answer is not None:
                note = add_cosignatures(note, answer, [neighbour.key])
                self._offered[neighbour.key.vkey] = checkpoint.size
        given = sum(answer is not None for answer in answers)
        if given:
            published.take_cosigned(note)
        return given

    async def _is_due(self, neighbour: Neighbour, checkpoint: Checkpoint) -> bool:
        offered = self._offered.get(neighbour.key.vkey)
        if offered is None:
            return True
        rows = self._ledger.recorder.rows
        return bool(await asyncio.to_thread(rows, _NEWER, offered, checkpoint.size))

    async def _ask(
        self, neighbour: Neighbour, checkpoint: Checkpoint, note: bytes
    ) -> bytes | None:
        try:
            for _ in range(2):
                status, answer = await self._post(neighbour, checkpoint, note)
                if status == 200:
                    add_cosignatures(note, answer, [neighbour.key])
                    neighbour.known = checkpoint.size
                    self._cosigns_again(neighbour)
                    return answer
                if status != 409:
                    break
                known = parse_size(answer.decode("ascii").removesuffix("\n"))
                neighbour.known = min(known, checkpoint.size)
        except Exception as error:
            # Whatever a witness answers: the others are asked all the same.
            self._tell_once(neighbour, f"gave no cosignature: {type(error).__name__}")
            return None
        why = _LOST if status == 422 else ""
        self._tell_once(neighbour, f"refused to cosign: {status}{why}")
        return None

    def _tell_once(self, neighbour: Neighbour, why: str) -> None:
        """Say what is the matter with a witness, and no more until it is something else."""
        if self._away.get(neighbour.key.vkey) != why:
            _log.error("%s %s", neighbour.key.name, why)
        self._away[neighbour.key.vkey] = why

    def _cosigns_again(self, neighbour: Neighbour) -> None:
        if self._away.pop(neighbour.key.vkey, None) is not None:
            _log.info("%s cosigns again", neighbour.key.name)

    async def _post(
        self, neighbour: Neighbour, checkpoint: Checkpoint, note: bytes
    ) -> tuple[int, bytes]:
        path = await asyncio.to_thread(
            self._ledger.published.consistency, neighbour.known, checkpoint.size
        )
        body = bytes(
            AddCheckpoint(
                old_size=neighbour.known, path=tuple(path), note=note, checkpoint=checkpoint
            )
        )
        url = f"{neighbour.url}/add-checkpoint"
        async with self._client.post(
            url, data=body, timeout=ClientTimeout(total=10), allow_redirects=False
        ) as got:
            return got.status, await got.content.read(_LONGEST_ANSWER)


_LOST = "; it cosigned what our log does not hold: was this home restored from an old copy?"
