"""Writing an owed message into the log: sealed, in its sequence, and once.

The rules let nothing through that one message does not hold. Where there is such a
thing all the same, that is recorded in its place: nothing behind it may wait for it.
"""

import logging
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from msgspec.structs import replace

from ledger.actor import SYSTEM
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry, Event
from ledger.errors import EntryTooLarge
from ledger.handover import contents
from ledger.handover.composing import compose
from ledger.handover.letter import Letter
from ledger.handover.outbox import message_sent
from ledger.handover.whose import asked_key
from ledger.handover_events import HandoverRefused
from ledger.message_events import MessageSent, MessageUnsent, sent_id, unsent_id
from ledger.once import Once
from ledger.ports import Sealer
from ledger.streams import entry_at, last_version, next_entry
from ledger.transfers import contract_with, transfer_entry

TOO_LARGE = "this is more than one message holds; bring less at once"

_log = logging.getLogger("tongban.outbox")
_OF_HANDOVERS = frozenset(
    {contents.FORWARDED, contents.CORRECTION, contents.SUPPLEMENT, contents.OPINION}
)


class Sending:
    """Writes messages of one home; `sealer` makes each readable for its region alone."""

    def __init__(self, ledger: Ledger, sealer: Sealer) -> None:
        self._ledger = ledger
        self._sealer = sealer

    def owed(self, cause: int) -> Letter | None:
        """Return what the entry at position `cause` owes and was not written yet."""
        if self._ledger.recorder.select_once(_key(cause).key) is not None:
            return None
        [entry] = self._ledger.read(cause - 1, until=cause)
        return compose(self._ledger, entry)

    def write(self, cause: int, letter: Letter) -> int:
        """Write `letter`, unless another server did, and return how many were written.

        Raises `LedgerError`, or what the sealer raises, where it cannot be now.
        """
        keys = [_key(cause).key, asked_key(letter.region, letter.message.about).key]
        try:
            return self._ledger.write(lambda draft: self._send(draft, cause, letter), keys=keys)
        except EntryTooLarge:
            _log.error("entry %d owes a message that is too large to be sent", cause)
            return self._ledger.write(lambda draft: self._drop(draft, cause, letter), keys=keys)

    def _send(self, draft: Draft, cause: int, letter: Letter) -> int:
        if draft.used_for(_key(cause).key) is not None:
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
        draft.add([entry], [_key(cause), *_found_by(draft, letter)])
        draft.add([_transfer(letter, event, now)], [])
        return 1

    def _drop(self, draft: Draft, cause: int, letter: Letter) -> int:
        if draft.used_for(_key(cause).key) is not None:
            return 0
        region, message, subject = letter.region, letter.message, letter.subject

        def entry(stream: UUID, event: Event) -> Entry:
            return next_entry(self._ledger, draft, stream, event, SYSTEM, subject=subject)

        unsent = MessageUnsent(to=region, kind=message.kind, about=message.about, cause=cause)
        draft.add([entry(unsent_id(region), unsent)], [_key(cause)])
        if message.kind in _OF_HANDOVERS:
            # Whoever brought it sees that it did not go, and may bring it otherwise.
            [began] = self._ledger.read(cause - 1, until=cause)
            refused = HandoverRefused(kind=message.kind, reason=TOO_LARGE)
            draft.add([replace(entry(began.stream, refused), item=began.item)], [])
        return 0


def _found_by(draft: Draft, letter: Letter) -> list[Once]:
    """A request for an opinion is found again by its name, where it is refused."""
    key = asked_key(letter.region, letter.message.about)
    is_first = letter.message.kind == contents.REVIEW and draft.used_for(key.key) is None
    return [key] if is_first else []


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
