"""What a partner region has not acknowledged yet, and what it acknowledged.

The messages themselves are written by `ledger.handover.correspondence`. One is
on its way until the region's log has it and its receipt is in ours.
"""

from ledger.actor import SYSTEM
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import Contradicted, LedgerError, LogDamaged, OutOfOrder
from ledger.handover.composing import may_go
from ledger.message_events import (
    MessageAcknowledged,
    MessageSent,
    acknowledged_id,
    sent_id,
)
from ledger.personal import Hidden
from ledger.ports import Acknowledged, Parcel
from ledger.streams import entry_at, entry_now, last_version
from ledger.transparency import leaf_hash

_AT_ONCE = 32
_PENDING = """
    SELECT rowid, state FROM stored_events
    WHERE originator_id = ? AND originator_version > ?
    ORDER BY originator_version LIMIT ?
"""


class Outbox:
    """The messages of one home to its partner regions, each in its sequence."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def pending(self, region: str) -> list[Parcel]:
        """Return what `region` has not acknowledged, in order; the first has to go first."""
        done = last_version(self._ledger, acknowledged_id(region))
        rows = self._ledger.recorder.rows(_PENDING, sent_id(region).hex, done, _AT_ONCE)
        return [self._parcel(position, state) for position, state in rows]

    def may_follow(self, region: str, sequence: int) -> bool:
        """Tell whether materials may still go after this message to `region`.

        The message itself goes all the same: those behind it name it. But what it
        rests on may have been withdrawn since it was written (PIPL art. 15).
        """
        sent = entry_at(self._ledger, sent_id(region), sequence)
        if sent is None:
            return False
        position = message_sent(sent).cause
        [cause] = self._ledger.read(position - 1, until=position)
        return may_go(self._ledger, cause, region)

    def acknowledged(self, region: str, sequence: int, ack: Acknowledged) -> None:
        """Record the acknowledgement; the same one again changes nothing.

        Raises `OutOfOrder` where an earlier message is not acknowledged yet, and
        `Contradicted` where the digest is of no message we sent under this sequence.
        """
        self._ledger.write(lambda draft: self._acknowledge(draft, region, sequence, ack))

    def _acknowledge(self, draft: Draft, region: str, sequence: int, ack: Acknowledged) -> None:
        sent = entry_at(self._ledger, sent_id(region), sequence, draft)
        if sent is None or message_sent(sent).digest != ack.digest:
            raise Contradicted("this acknowledges a message that we did not send")
        stream = acknowledged_id(region)
        done = last_version(self._ledger, stream, draft)
        if sequence <= done:
            return
        if sequence > done + 1:
            raise OutOfOrder(done + 1)
        event = MessageAcknowledged(
            by=region,
            sequence=sequence,
            digest=ack.digest,
            position=ack.position,
            entry_digest=leaf_hash(ack.entry),
            receipt=ack.receipt,
        )
        draft.add([entry_now(self._ledger, stream, sequence, event, SYSTEM)], [])

    def _parcel(self, position: int, state: bytes) -> Parcel:
        entry = self._ledger.codec.read_state(state, position)
        event = message_sent(entry)
        if isinstance(event.token, Hidden) or isinstance(event.materials, Hidden):
            raise LedgerError(f"message {event.sequence} to {event.to} was erased unsent")
        return Parcel(
            sequence=event.sequence,
            token=event.token,
            entry=state,
            receipt=self._ledger.published.receipt(position),
            subject=entry.subject,
            materials=event.materials,
        )


def message_sent(entry: Entry) -> MessageSent:
    """Return what a stream of messages sent holds at `entry`."""
    if not isinstance(entry.event, MessageSent):
        raise LogDamaged(f"{entry.stream} holds a {entry.name} among messages sent")
    return entry.event
