"""Carrying out erasures: what an entry says is done, here, at every server of the log.

First the person's materials go, whose names need the key; then the key; then
the views that held what is personal are folded anew, and their old files are
removed. Each step can be done again, and up to where all is done is noted last,
and taken back before a key goes that came back out of a backup: whatever stops
it, the next start ends it. Every start looks at all erasures there were.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ledger.application import Ledger
from ledger.entry import EVENT_NAMES
from ledger.errors import HomeUnusable, LedgerError, LogDamaged
from ledger.home import replace_durably
from ledger.ports import Materials
from ledger.projections.rebuilding import rebuild
from ledger.projections.view import View
from ledger.subject_events import SubjectErased

_log = logging.getLogger("tongban.erasure")
_LOOK_AGAIN = 1.0
_TRY_AGAIN = 1.0
_BETWEEN = 0.1
_ERASED = """
    SELECT rowid FROM stored_events
    WHERE rowid > ? AND rowid <= ? AND topic = ? ORDER BY rowid
"""


class Eraser:
    """Erases in one home, whose views lie in `folder`; used by one thread at a time."""

    def __init__(
        self,
        ledger: Ledger,
        materials: Materials,
        folder: Path,
        made: Sequence[View],
        listing: Callable[[Ledger], object] = bool,
    ) -> None:
        """`listing` is called before anything is destroyed, with what now is recorded."""
        self._ledger = ledger
        self._materials = materials
        self._folder = folder
        self._personal = [view for view in made if view.personal]
        self._note = folder / "erased"
        self._working = threading.Lock()
        self._looked = 0
        self._listing = listing
        self._left: dict[int, Exception] = {}
        self.trouble: str | None = None
        """Why something is not listed or not carried out now, for an operator."""

    def finish(self) -> int:
        """Carry out every erasure that the log holds, and return how many keys it destroyed.

        Of what cannot be done now, the rest is done all the same; then raises a
        `LedgerError`. It is done the next time.
        """
        with self._working:
            self._listing(self._ledger)
            head = self._ledger.recorder.max_notification_id() or 0
            noted = self._noted()
            found = (p for p in self._recorded(head) if p > noted or self._came_back(p))
            due = sorted({*self._left, *found})
            if due and due[0] <= noted:
                self._note_done(due[0] - 1)
            destroyed, left = self._carry_out(due)
            done = min(left) - 1 if left else head
            if due and done != self._noted():
                self._note_done(done)
            self._left, self._looked = left, head
        for error in left.values():
            if isinstance(error, LedgerError):
                raise error
            raise HomeUnusable(
                f"an erasure is recorded and not finished: {type(error).__name__}"
            ) from error
        return destroyed

    def has_finished(self, position: int) -> bool:
        """Tell whether the erasure recorded at `position` was carried out here."""
        return self._looked >= position and position not in self._left

    def has_failed(self, position: int) -> bool:
        """Tell whether the last try at the erasure recorded at `position` failed."""
        return position in self._left

    def run(self, stop: threading.Event) -> None:
        """Carry out erasures until `stop` is set; meant for a thread of its own."""
        while not stop.is_set():
            trouble = None
            try:
                self.finish()
            except Exception as error:
                trouble = _why(error)
                if trouble != self.trouble:
                    _log.error("an erasure is not finished: %s", trouble)
            self.trouble = trouble
            if trouble:
                stop.wait(_TRY_AGAIN)
            else:
                self._ledger.wait_beyond(self._looked, _LOOK_AGAIN, stop.is_set)
                stop.wait(_BETWEEN)

    def _recorded(self, head: int) -> list[int]:
        """Return where erasures are recorded that were not looked at since the start."""
        topic = EVENT_NAMES[SubjectErased]
        rows = self._ledger.recorder.rows(_ERASED, self._looked, head, topic)
        return [position for (position,) in rows]

    def _came_back(self, position: int) -> bool:
        try:
            return self._ledger.keys.key(self._subject(position)) is not None
        except LogDamaged:
            # It is told of as one that cannot be carried out.
            return True

    def _carry_out(self, due: Sequence[int]) -> tuple[int, dict[int, Exception]]:
        """Return how many keys were destroyed, and what stopped those that are left."""
        destroyed, left = 0, dict[int, Exception]()
        for position in due:
            try:
                destroyed += self._erase(position)
            except Exception as error:
                left[position] = error
        if len(left) < len(due):
            try:
                self._fold_anew()
            except Exception as error:
                left = dict.fromkeys(due, error) | left
        return destroyed, left

    def _erase(self, position: int) -> bool:
        subject, keys = self._subject(position), self._ledger.keys
        is_there = keys.key(subject) is not None
        # Also without a key: its last try may have ended before it left no trace.
        self._materials.erase(subject)
        keys.erase(subject)
        return is_there

    def _subject(self, position: int) -> str:
        [entry] = self._ledger.read(position - 1, until=position)
        return entry.subject or ""

    def _fold_anew(self) -> None:
        for view in self._personal:
            if (self._folder / f"{view.name}.sqlite").exists():
                rebuild(self._ledger, self._folder, view)

    def _noted(self) -> int:
        with suppress(OSError, ValueError):
            return int(self._note.read_bytes())
        return 0

    def _note_done(self, position: int) -> None:
        try:
            replace_durably(self._note, str(position).encode())
        except OSError as error:
            raise HomeUnusable(f"erasures cannot be noted: {error.strerror}") from error


def _why(error: Exception) -> str:
    """Name no more of an error than its kind, but for one that tells what to do."""
    return str(error) if isinstance(error, HomeUnusable) else type(error).__name__
