"""Which sessions count no more, kept in memory for every request to ask.

Only those are kept that could still be living, so what is known here stays
small. Other servers' are heard of as soon as the log's growth is.
"""

import logging
import threading
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from ledger.application import Ledger
from ledger.errors import LedgerError
from ledger.revocation_events import SessionEnded, SubjectSessionsEnded, ended_sessions_id

LONGEST_SESSION = timedelta(hours=1, minutes=2)
"""No session lives longer, the skew of clocks at both ends included."""
_LISTEN = 1.0
_BREATH = 0.02

_log = logging.getLogger("tongban.sessions")


class EndedSessions:
    """Which sessions count no more, as far as they could still be living."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._sessions: dict[str, datetime] = {}
        self._subjects: dict[str, datetime] = {}
        self._verifications: dict[str, datetime] = {}
        self._read: dict[date, int] = {}
        self._seen = 0
        self._lock = threading.Lock()
        self.catch_up()

    def __len__(self) -> int:
        return len(self._sessions) + len(self._subjects) + len(self._verifications)

    def includes(
        self, session: str, subjects: Iterable[str | None], issued_at: datetime
    ) -> bool:
        """Say whether the session was ended, itself or with all of one of its `subjects`.

        One opened in the second in which its subject's were ended counts as one of them.
        """
        return session in self._sessions or self._are_over(subjects, issued_at)

    def forbids(
        self, verification: str, subjects: Iterable[str | None], proven_at: datetime
    ) -> bool:
        """Say whether no session is to be opened any more with a verification.

        Whoever left the session it gave takes what gave it along.
        """
        return verification in self._verifications or self._are_over(subjects, proven_at)

    def _are_over(self, subjects: Iterable[str | None], since: datetime) -> bool:
        for subject in subjects:
            end = None if subject is None else self._subjects.get(subject)
            if end is not None and since <= end:
                return True
        return False

    def living(self) -> frozenset[str]:
        """Return the ids of ended sessions that have not run out."""
        return frozenset(self._sessions)

    def catch_up(self) -> None:
        """Take in what was recorded until now."""
        with self._lock:
            head, now = self._ledger.head, self._ledger.now()
            # What was recorded just before midnight may be read after it.
            for day in sorted({(now - LONGEST_SESSION).date(), now.date()}):
                self._take_in(day)
            self._forget(now - LONGEST_SESSION)
            self._seen = head

    def run(self, stop: threading.Event) -> None:
        """Follow the log until `stop` is set; meant for a thread of its own."""
        while not stop.is_set():
            try:
                if self._ledger.wait_beyond(self._seen, _LISTEN, stop.is_set):
                    self.catch_up()
                stop.wait(_BREATH)
            except LedgerError as error:
                _log.error("ended sessions cannot be read now: %s", type(error).__name__)
                stop.wait(_LISTEN)

    def _take_in(self, day: date) -> None:
        stream, known = ended_sessions_id(day), self._read.get(day, 0)
        for entry in self._ledger.entries_beyond(stream, known):
            match entry.event:
                case SessionEnded(session=session, verification=verification):
                    self._sessions[session] = entry.recorded_at
                    if verification is not None:
                        self._verifications[verification] = entry.recorded_at
                case SubjectSessionsEnded(subject=subject):
                    self._subjects[subject] = entry.recorded_at
            known = entry.version
        self._read[day] = known

    def _forget(self, before: datetime) -> None:
        for ends in (self._sessions, self._subjects, self._verifications):
            for name in [name for name, end in ends.items() if end < before]:
                del ends[name]
        for day in [day for day in self._read if day < before.date()]:
            del self._read[day]


def ended_since(ledger: Ledger, subjects: Iterable[str], since: datetime) -> bool:
    """Say whether all sessions of one of `subjects` were ended at `since` or later.

    However long ago that is: read from the log, a stream a day.
    """
    whose, day = set(subjects), since.date()
    while day <= ledger.now().date():
        for entry in ledger.entries(ended_sessions_id(day), opened=False):
            event = entry.event
            theirs = isinstance(event, SubjectSessionsEnded) and event.subject in whose
            if theirs and entry.recorded_at >= since:
                return True
        day += timedelta(days=1)
    return False
