"""Being a witness: cosigning other logs' checkpoints, each only if it continues the last.

What was cosigned last is an entry of our own log, written in the transaction
in which it was weighed: all servers of one log know it, and none forgets it.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from cose import Signer
from ledger.actor import SYSTEM
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.log_events import LogCosigned, LogForked, watched_id
from ledger.once import Once
from ledger.streams import next_entry
from ledger.transparency import (
    WITNESS,
    AddCheckpoint,
    Checkpoint,
    Note,
    NoteKey,
    NoteRefused,
    OriginUnknown,
    WatchedLog,
    WitnessRefused,
    as_signed,
    cosign,
    had_root,
    root_shown,
    weigh,
)

_log = logging.getLogger("tongban.witness")
_NEWEST = """
    SELECT rowid, state FROM stored_events WHERE originator_id = ? AND topic = ?
    ORDER BY originator_version DESC LIMIT 1
"""
_ALL_FORKS = "SELECT count(*) FROM stored_events WHERE topic = 'log.forked.v1'"
_FORKS = f"{_ALL_FORKS} AND originator_id = ?"


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
            self._notice_fork(request)
            raise
        text, name = request.checkpoint.text, self.key.name
        return cosign(text, name, self._signer, self._clock()).line.encode()

    def latest(self, origin: str) -> Checkpoint | None:
        """Return the head of a log that we cosigned last."""
        note = self.cosigned(origin)
        return None if note is None else Checkpoint.parse(Note.parse(note).text)

    def cosigned(self, origin: str) -> bytes | None:
        """Return the head of a log that we cosigned last, as that log signed it."""
        found = self._newest(origin)
        return None if found is None else found.note

    def forks(self, origin: str | None = None) -> int:
        """Return how many histories besides the one we cosigned a log showed us, or all did."""
        if origin is None:
            return int(self._ledger.recorder.rows(_ALL_FORKS)[0][0])
        return int(self._ledger.recorder.rows(_FORKS, watched_id(origin).hex)[0][0])

    def notice(self, shown: bytes, root: bytes, path: Sequence[bytes]) -> bool:
        """Keep both heads if `shown` is of another history than the one we cosigned.

        `path` has to prove that the tree shown had `root` where we cosigned another:
        without that anybody could accuse a log with a path of their own. Says whether
        it is another history, also where that is known already.
        """
        head = Checkpoint.parse(Note.parse(shown).text)
        try:
            kept = as_signed(shown, self._watched(head.origin) or ())
        except NoteRefused:
            return False

        def job(draft: Draft) -> bool:
            latest = self._latest(draft, head.origin)
            if (
                latest is None
                or latest.root == root
                or not had_root(head, latest.size, root, path)
            ):
                return False
            once = Once.of(f"fork {head.origin} {latest.size} {root.hex()}")
            if draft.used_for(once.key) or self._ledger.recorder.select_once(once.key):
                return True
            event = LogForked(
                origin=head.origin,
                size=latest.size,
                seen=latest.note,
                shown=kept,
                root=root,
                path=(*path,),
            )
            draft.add([self._entry(draft, event)], [once])
            _log.error(
                "%s signed two trees of its first %d entries: both heads are kept"
                " (log.forked.v1); ask whoever runs it, and see `tongban agree`",
                head.origin,
                latest.size,
            )
            return True

        return self._ledger.write(job)

    def _weigh(self, draft: Draft, request: AddCheckpoint, keys: tuple[NoteKey, ...]) -> None:
        latest = self._latest(draft, request.checkpoint.origin)
        known = None if latest is None else _checkpoint(latest)
        checkpoint = weigh(request, WatchedLog(keys, known))
        if latest is None or latest.size != checkpoint.size:
            event = LogCosigned(
                origin=checkpoint.origin,
                size=checkpoint.size,
                root=checkpoint.root,
                note=as_signed(request.note, keys),
            )
            draft.add([self._entry(draft, event)], [])

    def _latest(self, draft: Draft, origin: str) -> LogCosigned | None:
        stream = watched_id(origin)
        for entry in reversed(draft.entries):
            if entry.stream == stream and isinstance(entry.event, LogCosigned):
                return entry.event
        return self._newest(origin)

    def _newest(self, origin: str) -> LogCosigned | None:
        rows = self._ledger.recorder.rows(_NEWEST, watched_id(origin).hex, "log.cosigned.v1")
        for position, state in rows:
            event = self._ledger.codec.read_state(state, position).event
            if isinstance(event, LogCosigned):
                return event
        return None

    def _notice_fork(self, request: AddCheckpoint) -> None:
        """Keep both heads if the request that was refused proves another history itself."""
        latest = self.latest(request.checkpoint.origin)
        other = None if latest is None else root_shown(request, latest.size)
        if other is not None:
            self.notice(request.note, *other)

    def _entry(self, draft: Draft, event: LogCosigned | LogForked) -> Entry:
        return next_entry(self._ledger, draft, watched_id(event.origin), event, SYSTEM)


def _checkpoint(event: LogCosigned) -> Checkpoint:
    return Checkpoint(event.origin, event.size, event.root)
