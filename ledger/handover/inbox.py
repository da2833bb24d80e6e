"""Taking a partner's messages: in order, once each, with what they ask done at once.

What a rule refuses, or nobody here can read, is recorded as refused and answered by
a message, so a refusal never holds up those behind it. Only a gap does, and a
contradiction: two messages of one sequence, or one that does not continue the last.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from ledger.application import Ledger
from ledger.catalogue import CatalogueError
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import (
    CaseNotFound,
    CommandRejected,
    Contradicted,
    EntryTooLarge,
    LogDamaged,
    OutOfOrder,
    UnknownItem,
)
from ledger.handover.asked import Asked, partner, refused
from ledger.handover.contents import UNREADABLE, shown_kind
from ledger.handover.doing import Doing
from ledger.handover.whose import NobodyKnown
from ledger.message_events import (
    MessageContradicted,
    MessageReceived,
    contradicted_id,
    received_id,
)
from ledger.once import Once
from ledger.personal import Hidden
from ledger.ports import Awaited, Received, Taken
from ledger.streams import entry_at, last_version, next_entry
from ledger.subject_events import Standing
from ledger.transparency import leaf_hash

_log = logging.getLogger("tongban.inbox")
_RULES = (CommandRejected, CaseNotFound, UnknownItem, CatalogueError)


class Inbox:
    """Takes messages into the log of one home, the region `region`.

    `pseudonym` names a person here by jurisdiction, method and account, as the
    verification desk does.
    """

    def __init__(
        self, ledger: Ledger, *, region: str, pseudonym: Callable[[str, str, str], str]
    ) -> None:
        self._ledger = ledger
        self._doing = Doing(ledger, region=region, pseudonym=pseudonym)

    def take(self, received: Received) -> Taken:
        """Record the message, do what it asks in the same transaction, and say so.

        The same message again gets the same entry, under a receipt of today. Raises
        `OutOfOrder` for one that comes too early, and `Contradicted` for another one
        under a known sequence.
        """
        try:
            position = self._ledger.write(lambda draft: self._take(draft, received))
        except EntryTooLarge:
            # What it says has no room in the log; that it came always has.
            bare = replace(received, readable=False)
            position = self._ledger.write(lambda draft: self._take(draft, bare))
        if position is None:
            self._alarm(received)
            raise Contradicted("another message of this sequence was received before")
        [(_, entry)] = self._ledger.recorder.select_states(position - 1, limit=1)
        receipt = self._ledger.published.receipt(position)
        return Taken(position=position, entry=entry, receipt=receipt)

    def awaited(self, region: str, digest: bytes) -> Awaited | None:
        """Return what the message of this digest named, if one was received from there."""
        used = self._ledger.recorder.select_once(_key(region, digest).key)
        if used is None:
            return None
        [(position, state)] = self._ledger.states(used.first - 1, until=used.first)
        entry = self._ledger.codec.read_state(state, position)
        return _awaited(entry, _received(entry))

    def _take(self, draft: Draft, received: Received) -> int | None:
        """Return the position of the message, or `None` where it contradicts the log."""
        stream = received_id(received.region)
        last = last_version(self._ledger, stream, draft)
        if received.sequence > last + 1:
            raise OutOfOrder(last + 1)
        if received.sequence <= last:
            known = entry_at(self._ledger, stream, received.sequence, draft)
            same = known is not None and _received(known).digest == received.digest
            return known.position if same and known is not None else None
        if received.previous != self._digest(draft, received.region, last):
            return None
        asked = self._asked(draft, received)
        entry = self._recorded(received, asked)
        [added] = draft.add([entry], [_key(received.region, received.digest)])
        if asked.of_case:
            self._ledger.append(draft, asked.entries)
        elif asked.entries:
            draft.add(asked.entries, [])
        return added.position

    def _digest(self, draft: Draft, region: str, sequence: int) -> bytes | None:
        entry = entry_at(self._ledger, received_id(region), sequence, draft)
        return None if entry is None else _received(entry).digest

    def _asked(self, draft: Draft, received: Received) -> Asked:
        """Decide what the message asks; nothing is added to the draft yet."""
        subject = None
        if not received.readable:
            return refused(None, f"{UNREADABLE}: it does not open here, or is too large")
        try:
            subject = self._doing.whose.subject(draft, received)
            if self._ledger.standing(subject, draft) is Standing.ERASED:
                return refused(None, "this person was erased here")
            return self._doing.decide(draft, received, subject)
        except NobodyKnown as error:
            return refused(None, str(error))
        except _RULES as error:
            return refused(subject, str(error))

    def _recorded(self, received: Received, asked: Asked) -> Entry:
        region, sequence, now = received.region, received.sequence, self._ledger.now()
        event = MessageReceived(
            sender=region,
            sequence=sequence,
            kind=shown_kind(received.message.kind),
            about=received.message.about,
            digest=received.digest,
            refused=asked.refused is not None,
            entry_digest=leaf_hash(received.entry),
            receipt=received.receipt,
            # A message about nobody we know is not kept: no key could ever erase it.
            token=b"" if asked.subject is None else received.token,
            materials=asked.materials,
            reason=asked.refused or "",
        )
        return Entry(
            stream=received_id(region),
            version=sequence,
            event=event,
            recorded_at=now,
            effective_at=now,
            actor=partner(region),
            subject=asked.subject or f"message:{region}:{sequence}",
        )

    def _alarm(self, received: Received) -> None:
        """Keep what contradicts, once, beside what counts."""
        region, sequence = received.region, received.sequence
        once = Once.of(f"contradicted {region} {sequence} {received.digest.hex()}")

        def job(draft: Draft) -> None:
            if draft.used_for(once.key) is not None:
                return
            known = self._digest(draft, region, sequence)
            event = MessageContradicted(
                sender=region,
                sequence=sequence,
                taken=known or self._digest(draft, region, sequence - 1) or b"",
                shown=received.digest,
                entry_digest=leaf_hash(received.entry),
                receipt=received.receipt,
            )
            where, actor = contradicted_id(region), partner(region)
            draft.add([next_entry(self._ledger, draft, where, event, actor)], [once])
            _log.error("%s contradicts what it sent as message %d", region, sequence)

        self._ledger.write(job, keys=[once.key])


def _key(region: str, digest: bytes) -> Once:
    """Finds a message whose materials come, without a look at all that were received."""
    return Once.of(f"message:{region}:{digest.hex()}")


def _received(entry: Entry) -> MessageReceived:
    if not isinstance(entry.event, MessageReceived):
        raise LogDamaged(f"{entry.stream} holds a {entry.name} among messages received")
    return entry.event


def _awaited(entry: Entry, event: MessageReceived) -> Awaited | None:
    if isinstance(event.materials, Hidden) or entry.subject is None:
        return None
    return Awaited(subject=entry.subject, materials=frozenset(event.materials))
