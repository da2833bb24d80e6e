"""What a partner's log holds of a message: its entry, proven by the receipt beside it.

The entry comes from the other side, so it is read as strictly as a token, and
believed for nothing but what it says of this one message.
"""

from datetime import datetime
from typing import TypeVar

from adapters.panprd.parcels import Evidenced
from identity.errors import TokenRefused
from ledger.codec import Codec
from ledger.entry import Entry
from ledger.errors import LedgerError
from ledger.message_events import MessageReceived, MessageSent, received_id, sent_id
from ledger.transparency import LogKeys, ReceiptRefused, verify_receipt

E = TypeVar("E", MessageSent, MessageReceived)


def logged_as_sent(
    evidenced: Evidenced, keys: LogKeys, codec: Codec, *, to: str, sequence: int, digest: bytes
) -> datetime:
    """Return when the partner's log took what it sent us, or raise `TokenRefused`."""
    entry = _proven(evidenced, keys, codec)
    event = _event(entry, MessageSent)
    holds = (
        (entry.stream, entry.version) == (sent_id(to), sequence)
        and (event.to, event.sequence) == (to, sequence)
        and event.digest == digest
    )
    _require(holds, "the entry is of another message")
    return entry.recorded_at


def check_received(
    evidenced: Evidenced,
    keys: LogKeys,
    codec: Codec,
    *,
    sender: str,
    sequence: int,
    digest: bytes,
) -> None:
    """Raise `TokenRefused` unless the partner's log has our message."""
    entry = _proven(evidenced, keys, codec)
    event = _event(entry, MessageReceived)
    holds = (
        (entry.stream, entry.version) == (received_id(sender), sequence)
        and (event.sender, event.sequence) == (sender, sequence)
        and event.digest == digest
    )
    _require(holds, "the entry is of another message")


def _proven(evidenced: Evidenced, keys: LogKeys, codec: Codec) -> Entry:
    try:
        verify_receipt(evidenced.receipt, evidenced.entry, keys)
        return codec.read_state(evidenced.entry, 0, opened=False)
    except (ReceiptRefused, LedgerError) as error:
        raise TokenRefused(f"evidence: {error}") from error


def _event(entry: Entry, kind: type[E]) -> E:
    if not isinstance(entry.event, kind):
        raise TokenRefused("evidence: the entry is of another kind")
    return entry.event


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TokenRefused(f"evidence: {otherwise}")
