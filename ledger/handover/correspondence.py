"""What we owe partner regions, written into the log as a follower of the log.

Each cause owes one message, kept from being written twice by a one-time key, so
several servers may follow at once, and a new start may look at everything again.
Messages to one region form one sequence, in the order of their causes: behind one
that cannot be sealed now the others wait, and are told by their positions alone.
"""

import logging
import threading
from collections import deque
from time import monotonic

from ledger.application import Ledger
from ledger.entry import EVENT_NAMES
from ledger.events import CASE_EVENTS, CaseFollowed, JointReviewRequested, JointReviewWithdrawn
from ledger.handover.outbox import message_sent
from ledger.handover.sending import Sending
from ledger.handover_events import (
    HandoverBegun,
    HandoverCorrected,
    HandoverSupplemented,
    OpinionGiven,
)
from ledger.message_events import MessageReceived, sent_id
from ledger.ports import Sealer
from ledger.streams import entry_at, last_version

_log = logging.getLogger("tongban.outbox")
_LOOK_AGAIN = 1.0
_BREATH = 0.1
_AT_THE_LATEST = 60.0
_PAGE = 500
_ALWAYS = tuple(
    EVENT_NAMES[kind]
    for kind in (
        HandoverBegun,
        HandoverCorrected,
        HandoverSupplemented,
        OpinionGiven,
        JointReviewRequested,
        JointReviewWithdrawn,
        MessageReceived,
    )
)
_FOLLOWED = EVENT_NAMES[CaseFollowed]
_CASES = tuple(name for name in CASE_EVENTS if name not in _ALWAYS)


def _marks(names: tuple[str, ...]) -> str:
    return ", ".join("?" * len(names))


_NEWLY_FOLLOWED = """
    SELECT originator_id FROM stored_events WHERE rowid > ? AND rowid <= ? AND topic = ?
"""
_CAUSES = f"""
    SELECT rowid, originator_id, topic FROM stored_events
    WHERE rowid > ? AND rowid <= ? AND topic IN ({_marks(_ALWAYS + _CASES)})
    ORDER BY rowid LIMIT {_PAGE}
"""


class Correspondence:
    """Writes the messages one home owes; `sealer` makes each readable for its region alone."""

    def __init__(self, ledger: Ledger, sealer: Sealer) -> None:
        self._ledger = ledger
        self._sending = Sending(ledger, sealer)
        self._partners = set[str]()
        self._reached = 0
        self._followed = set[str]()
        self._followed_until = 0
        self._waiting = dict[str, deque[int]]()
        self._working = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Follow the log until `stop` is set; meant for a thread of its own.

        What waits is tried again after a second, and then after twice as long each time.
        """
        said, pause, due = "", _LOOK_AGAIN / 2, 0.0
        while not stop.is_set():
            try:
                self.catch_up(again=monotonic() >= due)
            except Exception as error:
                trouble = type(error).__name__
                if trouble != said:
                    _log.error("messages wait to be written: %s", trouble)
                said, pause = trouble, min(2 * pause, _AT_THE_LATEST)
                due = monotonic() + pause
                stop.wait(_LOOK_AGAIN)
            else:
                if not self._waiting:
                    said, pause = "", _LOOK_AGAIN / 2
                self._ledger.wait_beyond(self._reached, _LOOK_AGAIN, stop.is_set)
                # Looking costs as much for one new entry as for a hundred.
                stop.wait(_BREATH)

    def catch_up(self, *, again: bool = True) -> int:
        """Write every message that is owed, and return how many were.

        A region that nothing can be sealed to is left waiting, without holding up the
        others, and tried `again` only if told; then raises the `LedgerError` or error
        of the sealer that came first.
        """
        with self._working:
            troubles = list[Exception]()
            written = self._try_again(troubles) if again else 0
            written += self._go_on(self._ledger.recorder.max_notification_id() or 0, troubles)
        if troubles:
            raise troubles[0]
        return written

    def _try_again(self, troubles: list[Exception]) -> int:
        written = 0
        for region, causes in [*self._waiting.items()]:
            try:
                while causes:
                    letter = self._sending.owed(causes[0])
                    written += 0 if letter is None else self._sending.write(causes[0], letter)
                    causes.popleft()
                del self._waiting[region]
            except Exception as error:
                troubles.append(error)
        return written

    def _go_on(self, head: int, troubles: list[Exception]) -> int:
        rows, written = self._ledger.recorder.rows, 0
        self._look_back(head)
        newly = rows(_NEWLY_FOLLOWED, self._followed_until, head, _FOLLOWED)
        self._followed.update(_hex(stream) for (stream,) in newly)
        self._followed_until = head
        while causes := rows(_CAUSES, self._reached, head, *_ALWAYS, *_CASES):
            for position, stream, topic in causes:
                if topic in _ALWAYS or _hex(stream) in self._followed:
                    written += self._look_at(position, troubles)
                self._reached = position
        self._reached = head
        return written

    def _look_at(self, cause: int, troubles: list[Exception]) -> int:
        letter = self._sending.owed(cause)
        if letter is None:
            return 0
        if letter.region in self._waiting:
            self._waiting[letter.region].append(cause)
            return 0
        try:
            return self._sending.write(cause, letter)
        except Exception as error:
            self._waiting[letter.region] = deque([cause])
            troubles.append(error)
            return 0

    def _look_back(self, head: int) -> None:
        """Begin behind the newest cause of what was sent, for partners that are new here."""
        new = set(self._ledger.book.agreements) - self._partners
        reached = self._reached if self._partners else head
        self._reached = min([reached, *map(self._newest_cause, new)])
        self._partners |= new

    def _newest_cause(self, region: str) -> int:
        stream = sent_id(region)
        newest = entry_at(self._ledger, stream, last_version(self._ledger, stream))
        return 0 if newest is None else message_sent(newest).cause


def _hex(stream: object) -> str:
    return str(stream).replace("-", "")
