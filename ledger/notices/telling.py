"""Telling people what becomes of their cases: a follower of the log, once for each notice.

What is owed is noted with the position it follows from; where a person is told is
asked for at the moment of telling. Whoever gave no address, took it back, is
restricted or erased is told nothing. What is not taken is tried again for two days.
"""

import logging
import threading
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from ledger.application import Ledger
from ledger.case import Case
from ledger.contact_events import ContactGiven
from ledger.contacts import Contacts
from ledger.errors import LedgerError, ViewBehind
from ledger.notices.book import NoticeBook, Waiting
from ledger.notices.owed import SOON_DUE, Owed, due_soon, owed_for
from ledger.ports import Fate, Notice, Notifier
from ledger.projections.case_list import CaseList
from ledger.projections.times import to_text
from ledger.projections.view import view_in
from ledger.subject_events import Standing

SOON: Final = timedelta(days=3)
"""How long before its last day a person is reminded of a duty."""
A_DAY: Final = 20
"""How many notices a person is sent within a day; the rest wait."""
_PAGE, _AT_ONCE = 1_000, 50
_SHORTEST, _LONGEST, _TRIES = timedelta(minutes=1), timedelta(hours=6), 15
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_THEIRS = "('correction', 'supplement')"
_SOON = f"""
    SELECT d.id, d.duty, d.due, c.subject FROM duties d JOIN cases c ON c.id = d.id
    WHERE d.ends_at > ? AND d.ends_at <= ? AND d.duty IN {_THEIRS} AND c.subject IS NOT NULL
    ORDER BY d.ends_at, d.id
"""

_log = logging.getLogger("tongban.notices")


class Telling:
    """Tells the persons of one ledger through `notifier`; used by one thread at a time."""

    def __init__(
        self,
        ledger: Ledger,
        views: Path,
        book: NoticeBook,
        notifier: Notifier,
        *,
        case_url: str,
        seconds: float = 1.0,
    ) -> None:
        self._ledger = ledger
        self._views = views
        self._book = book
        self._notifier = notifier
        self._case_url = case_url
        self._seconds = seconds
        self._contacts = Contacts(ledger)
        self._position = book.begin(ledger.head)

    def run(self, stop: threading.Event) -> None:
        """Tell until `stop` is set; what fails is told to the log and tried again."""
        said = ""
        with closing(self._book):
            while not stop.wait(self._seconds):
                trouble = ""
                try:
                    self.tick(stop)
                except Exception as error:
                    trouble = type(error).__name__
                    if trouble != said:
                        _log.error("people cannot be told: %s", trouble)
                said = trouble

    def tick(self, stop: threading.Event | None = None) -> int:
        """Note what is owed, and tell what is due; return how many notices were taken."""
        self._follow()
        self._remind()
        taken = 0
        for waiting in self._book.due(self._ledger.now(), _AT_ONCE):
            if stop is not None and stop.is_set():
                break
            taken += self._tell(waiting)
        return taken

    def counts(self) -> dict[str, int]:
        """Return how many notices wait, and how many nobody would take."""
        return self._book.counts()

    def _follow(self) -> None:
        head = self._ledger.head
        while self._position < head:
            until = min(head, self._position + _PAGE)
            entries = [*self._ledger.read(self._position, until=until)]
            owed = [each for entry in entries for each in owed_for(entry)]
            asking = {
                each.subject
                for each in entries
                if isinstance(each.event, ContactGiven) and each.subject is not None
            }
            self._book.add(owed, self._ledger.now(), position=until, asking=asking)
            self._position = until

    def _remind(self) -> None:
        now, found = self._ledger.now(), list[Owed]()
        with suppress(ViewBehind), closing(view_in(self._views, CaseList.name)) as db:
            rows = db.query(_SOON, [to_text(now), to_text(now + SOON)])
            found = [
                due_soon(
                    UUID(hex=row["id"]),
                    row["subject"],
                    row["duty"],
                    date.fromisoformat(row["due"]),
                    self._position,
                )
                for row in rows
            ]
        if found:
            self._book.add(found, now)

    def _tell(self, waiting: Waiting) -> bool:
        owed, now = waiting.owed, self._ledger.now()
        try:
            notice = self._notice(owed)
        except LedgerError as error:
            # One case that cannot be read is not to keep others from being told.
            _log.error("case %s: a notice failed: %s", owed.case_id, type(error).__name__)
            self._book.postpone(owed.id, now + _HOUR)
            return False
        if notice is None:
            self._book.settle(owed.id, "unwanted", now)
        elif self._book.sent_since(owed.subject, now - _DAY) >= A_DAY:
            self._book.postpone(owed.id, now + _HOUR, tried=False)
        else:
            return self._send(waiting, notice, now)
        return False

    def _send(self, waiting: Waiting, notice: Notice, now: datetime) -> bool:
        id, tries = waiting.owed.id, waiting.tries
        # Noted first: where that cannot be done, nobody is sent the same at every tick.
        self._book.postpone(id, now + min(_SHORTEST * (1 << min(tries, 20)), _LONGEST))
        fate = self._notifier.send(notice)
        if fate is not Fate.LATER or tries + 1 >= _TRIES:
            self._book.settle(id, "sent" if fate is Fate.TAKEN else "dead", now)
        return fate is Fate.TAKEN

    def _notice(self, owed: Owed) -> Notice | None:
        contact = self._contacts.of(owed.subject)
        is_ahead = owed.kind == SOON_DUE
        # What came before they asked to be told, they saw without us.
        if contact is None or (contact.position > owed.position and not is_ahead):
            return None
        if self._ledger.standing(owed.subject) is not Standing.FREE:
            return None
        case = self._ledger.find(owed.case_id)
        if case is None or (is_ahead and not _is_running(case, owed.until)):
            return None
        return Notice(
            id=owed.id,
            kind=owed.kind,
            address=contact.address,
            language=contact.language,
            case=case.receipt or str(case.id),
            link=self._case_url.replace("{case}", str(case.id)),
            until=owed.until,
            owed=owed.owed,
        )


def _is_running(case: Case, until: date | None) -> bool:
    return any(duty.due == until for duty in case.duties.values())
