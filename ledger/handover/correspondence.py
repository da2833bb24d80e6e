"""What we owe partner regions, written into the log as a follower of the log.

Each cause owes one message, kept from being written twice by a one-time key, so
several servers may follow at once, and a new start may look at everything again.
Messages to one region form one sequence, in the order of their causes.
"""

import logging
import threading
from datetime import datetime
from hashlib import sha256
from operator import itemgetter

from ledger.actor import SYSTEM
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import EVENT_NAMES, Entry
from ledger.events import CASE_EVENTS, CaseFollowed, JointReviewRequested, JointReviewWithdrawn
from ledger.handover.composing import compose
from ledger.handover.letter import Letter
from ledger.handover.outbox import message_sent
from ledger.handover.streams import entry_at, last_version
from ledger.handover_events import (
    HandoverBegun,
    HandoverCorrected,
    HandoverSupplemented,
    OpinionGiven,
)
from ledger.message_events import MessageReceived, MessageSent, sent_id
from ledger.once import Once
from ledger.ports import Sealer
from ledger.transfers import contract_with, transfer_entry

_log = logging.getLogger("tongban.outbox")
_LOOK_AGAIN = 1.0
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
    SELECT rowid, state, originator_id, topic FROM stored_events
    WHERE rowid > ? AND rowid <= ? AND topic IN ({_marks(_ALWAYS + _CASES)}) ORDER BY rowid
"""


class Correspondence:
    """Writes the messages one home owes; `sealer` makes each readable for its region alone."""

    def __init__(self, ledger: Ledger, sealer: Sealer) -> None:
        self._ledger = ledger
        self._sealer = sealer
        self._reached = 0
        self._followed: set[str] = set()
        self._working = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Follow the log until `stop` is set; meant for a thread of its own."""
        said = ""
        while not stop.is_set():
            trouble = ""
            try:
                self.catch_up()
            except Exception as error:
                trouble = type(error).__name__
                if trouble != said:
                    _log.error("messages wait to be written: %s", trouble)
            said = trouble
            if trouble:
                stop.wait(_LOOK_AGAIN)
            else:
                self._ledger.wait_beyond(self._reached, _LOOK_AGAIN, stop.is_set)

    def catch_up(self) -> int:
        """Write every message that is owed, and return how many were.

        A region that nothing can be sealed to is left waiting, without holding up the
        others; then raises the `LedgerError` or error of the sealer that came first.
        """
        with self._working:
            return self._catch_up(self._ledger.recorder.max_notification_id() or 0)

    def _catch_up(self, head: int) -> int:
        rows = self._ledger.recorder.rows
        newly = rows(_NEWLY_FOLLOWED, self._reached, head, _FOLLOWED)
        self._followed.update(_hex(stream) for (stream,) in newly)
        written, waiting = 0, dict[str, tuple[int, Exception]]()
        causes = rows(_CAUSES, self._reached, head, *_ALWAYS, *_CASES)
        for position, state, stream, topic in causes:
            if topic not in _ALWAYS and _hex(stream) not in self._followed:
                continue
            key = _key(position)
            if self._ledger.recorder.select_once(key.key) is not None:
                continue
            letter = compose(self._ledger, self._entry(position, state))
            if letter is None or letter.region in waiting:
                continue
            try:
                written += self._write(position, letter, key)
            except Exception as error:
                waiting[letter.region] = position, error
        self._reached = min([head, *(at - 1 for at, _ in waiting.values())])
        if waiting:
            raise min(waiting.values(), key=itemgetter(0))[1]
        return written

    def _entry(self, position: int, state: bytes) -> Entry:
        return self._ledger.codec.read_state(state, position, opened=False)

    def _write(self, cause: int, letter: Letter, key: Once) -> int:
        def job(draft: Draft) -> int:
            if draft.used_for(key.key) is not None:
                return 0
            stream = sent_id(letter.region)
            sequence = last_version(self._ledger, stream, draft) + 1
            before = entry_at(self._ledger, stream, sequence - 1, draft)
            now = self._ledger.now()
            token = self._sealer.seal(
                letter.region,
                sequence,
                letter.message,
                now=now,
                previous=None if before is None else message_sent(before).digest,
            )
            event = MessageSent(
                to=letter.region,
                sequence=sequence,
                kind=letter.message.kind,
                about=letter.message.about,
                cause=cause,
                digest=sha256(token).digest(),
                token=token,
                materials=letter.materials,
            )
            entry = Entry(
                stream=stream,
                version=sequence,
                event=event,
                recorded_at=now,
                effective_at=now,
                actor=SYSTEM,
                subject=letter.subject,
            )
            draft.add([entry], [key])
            draft.add([_transfer(letter, event, now)], [])
            return 1

        return self._ledger.write(job, keys=[key.key])


def _transfer(letter: Letter, event: MessageSent, now: datetime) -> Entry:
    """What the register of transfers says of it: kinds of data, never the data."""
    return transfer_entry(
        recipient=letter.region,
        contract=contract_with(letter.region),
        categories=letter.message.content,
        purpose=letter.purpose,
        basis=letter.basis,
        cause=event.digest.hex(),
        at=now,
        subject=letter.subject,
    )


def _key(cause: int) -> Once:
    """A cause owes one message at most."""
    return Once.of(f"message for {cause}")


def _hex(stream: object) -> str:
    return str(stream).replace("-", "")
