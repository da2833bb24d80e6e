"""Carrying out erasures: what an entry says is done, here, at every server of the log.

First the person's materials go, whose names need the key; then the key; then
the views that held what is personal are folded anew, and their old files are
removed. Each step can be done again, and how far it got is noted last: whatever
stops it, the next start ends it. Every start looks at all erasures there were,
as keys may have come back out of a backup.
"""

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ledger.application import Ledger
from ledger.entry import EVENT_NAMES
from ledger.home import replace_durably
from ledger.ports import Materials
from ledger.projections.rebuilding import rebuild
from ledger.projections.view import View
from ledger.subject_events import SubjectErased

_log = logging.getLogger("tongban.erasure")
_LOOK_AGAIN = 1.0
_ERASED = """
    SELECT rowid FROM stored_events
    WHERE rowid > ? AND rowid <= ? AND topic = ? ORDER BY rowid
"""


class Eraser:
    """Erases in one home, whose views lie in `folder`; used by one thread at a time."""

    def __init__(
        self, ledger: Ledger, materials: Materials, folder: Path, made: Sequence[View]
    ) -> None:
        self._ledger = ledger
        self._materials = materials
        self._folder = folder
        self._personal = [view for view in made if view.personal]
        self._note = folder / "erased"
        self._working = threading.Lock()
        self._looked = 0

    def finish(self) -> int:
        """Carry out every erasure that the log holds, and return how many keys it destroyed.

        Raises a `LedgerError` where something of it could not be done; it is then
        done the next time.
        """
        with self._working:
            head = self._ledger.head
            rows = self._ledger.recorder.rows(
                _ERASED, self._looked, head, EVENT_NAMES[SubjectErased]
            )
            noted = self._noted()
            came_back = [self._erase(row[0], is_new=row[0] > noted) for row in rows]
            if rows and (any(came_back) or rows[-1][0] > noted):
                self._fold_anew()
                replace_durably(self._note, str(rows[-1][0]).encode())
            self._looked = head
            return sum(came_back)

    def has_finished(self, position: int) -> bool:
        """Tell whether the erasure recorded at `position` was carried out here."""
        return self._looked >= position

    def run(self, stop: threading.Event) -> None:
        """Carry out erasures until `stop` is set; meant for a thread of its own."""
        while not stop.is_set():
            try:
                self.finish()
            except Exception as error:
                _log.error("an erasure is not finished: %s", type(error).__name__)
            self._ledger.wait_beyond(self._looked, _LOOK_AGAIN, stop.is_set)
            stop.wait(_LOOK_AGAIN)

    def _erase(self, position: int, *, is_new: bool) -> bool:
        [entry] = self._ledger.read(position - 1, until=position)
        subject, keys = entry.subject or "", self._ledger.keys
        is_there = keys.key(subject) is not None
        # Also without a key: its last try may have ended before it left no trace.
        if is_there or is_new:
            self._materials.erase(subject)
            keys.erase(subject)
        return is_there

    def _fold_anew(self) -> None:
        for view in self._personal:
            if (self._folder / f"{view.name}.sqlite").exists():
                rebuild(self._ledger, self._folder, view)

    def _noted(self) -> int:
        with suppress(OSError, ValueError):
            return int(self._note.read_bytes())
        return 0
