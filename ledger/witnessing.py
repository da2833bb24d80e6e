"""Being a witness: cosigning other logs' checkpoints, each only if it continues the last.

What was cosigned last is an entry of our own log, written in the transaction
in which it was weighed: all servers of one log know it, and none forgets it.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from cose import Signer
from ledger.actor import SYSTEM
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.log_events import LogCosigned, LogForked, watched_id
from ledger.once import Once
from ledger.transparency import (
    WITNESS,
    AddCheckpoint,
    Checkpoint,
    NoteKey,
    NoteRefused,
    OriginUnknown,
    WatchedLog,
    WitnessRefused,
    cosign,
    open_checkpoint,
    weigh,
)

_log = logging.getLogger("tongban.witness")
_NEWEST = """
    SELECT rowid, state FROM stored_events WHERE originator_id = ? AND topic = ?
    ORDER BY originator_version DESC LIMIT 1
"""
_VERSION = "SELECT max(originator_version) FROM stored_events WHERE originator_id = ?"
_FORKS = "SELECT count(*) FROM stored_events WHERE topic = 'log.forked.v1'"


class Witness:
    """One home as the witness `name` of the logs whose keys `watched` gives, by origin."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        name: str,
        signer: Signer,
        watched: Callable[[str], tuple[NoteKey, ...] | None],
        clock: Callable[[], datetime],
    ) -> None:
        self.key = NoteKey(name, WITNESS, signer.public_key)
        self._ledger = ledger
        self._signer = signer
        self._watched = watched
        self._clock = clock

    def add(self, body: bytes) -> bytes:
        """Return our cosignature of the checkpoint in a request, or raise `WitnessRefused`.

        It is the log's latest, durably, before anything is returned.
        """
        request = AddCheckpoint.parse(body)
        keys = self._watched(request.checkpoint.origin)
        if keys is None:
            raise OriginUnknown("a log of this origin is not watched here")
        try:
            self._ledger.write(lambda draft: self._weigh(draft, request, keys))
        except WitnessRefused:
            self._notice_fork(request, keys)
            raise
        text, name = request.checkpoint.text, self.key.name
        return cosign(text, name, self._signer, self._clock()).line.encode()

    def forks(self) -> int:
        """Return how many times a log showed us two trees of one size."""
        return int(self._ledger.recorder.rows(_FORKS)[0][0])

    def _weigh(self, draft: Draft, request: AddCheckpoint, keys: tuple[NoteKey, ...]) -> None:
        latest = self._latest(draft, request.checkpoint.origin)
        known = None if latest is None else _checkpoint(latest)
        checkpoint = weigh(request, WatchedLog(keys, known))
        if latest is None or latest.size != checkpoint.size:
            event = LogCosigned(
                origin=checkpoint.origin,
                size=checkpoint.size,
                root=checkpoint.root,
                note=request.note,
            )
            draft.add([self._entry(draft, event)], [])

    def _latest(self, draft: Draft, origin: str) -> LogCosigned | None:
        stream = watched_id(origin)
        for entry in reversed(draft.entries):
            if entry.stream == stream and isinstance(entry.event, LogCosigned):
                return entry.event
        rows = self._ledger.recorder.rows(_NEWEST, stream.hex, "log.cosigned.v1")
        for position, state in rows:
            event = self._ledger.codec.read_state(state, position).event
            if isinstance(event, LogCosigned):
                return event
        return None

    def _notice_fork(self, request: AddCheckpoint, keys: tuple[NoteKey, ...]) -> None:
        """Keep both heads if a log signed two trees of the size we cosigned."""

        def job(draft: Draft) -> None:
            shown, latest = request.checkpoint, self._latest(draft, request.checkpoint.origin)
            if latest is None or not shown.forks_from(_checkpoint(latest)):
                return
            once = Once.of(f"fork {shown.origin} {shown.size} {shown.root.hex()}")
            if draft.used_for(once.key) or self._ledger.recorder.select_once(once.key):
                return
            event = LogForked(
                origin=shown.origin, size=shown.size, seen=latest.note, shown=request.note
            )
            draft.add([self._entry(draft, event)], [once])
            _log.error("%s signed two trees of size %d", shown.origin, shown.size)

        if _signed(request, keys):
            self._ledger.write(job)

    def _entry(self, draft: Draft, event: LogCosigned | LogForked) -> Entry:
        stream = watched_id(event.origin)
        known = self._ledger.recorder.rows(_VERSION, stream.hex)[0][0] or 0
        added = sum(entry.stream == stream for entry in draft.entries)
        now = self._ledger.now()
        return Entry(
            stream=stream,
            version=known + added + 1,
            event=event,
            recorded_at=now,
            effective_at=now,
            actor=SYSTEM,
        )


def _checkpoint(event: LogCosigned) -> Checkpoint:
    return Checkpoint(event.origin, event.size, event.root)


def _signed(request: AddCheckpoint, keys: tuple[NoteKey, ...]) -> bool:
    try:
        open_checkpoint(request.note, keys)
    except NoteRefused:
        return False
    return True
