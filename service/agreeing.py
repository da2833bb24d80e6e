"""Whether both sides agree: our log, and what a partner's log proved to us.

Everything is checked again from what was kept: a receipt under the keys that the
partner's root signed, never under a verdict of ours from the time it came.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from cose import KeyRecord
from ledger.application import Ledger
from ledger.errors import NotPublished
from ledger.log_events import LogCosigned, LogForked, watched_id
from ledger.message_events import (
    MessageAcknowledged,
    MessageContradicted,
    MessageReceived,
    MessageSent,
    acknowledged_id,
    contradicted_id,
    received_id,
    sent_id,
)
from ledger.region_keys import RegionKeys
from ledger.transparency import (
    Checkpoint,
    LogKeys,
    NoteKey,
    NoteRefused,
    Receipt,
    ReceiptRefused,
    open_checkpoint,
    verify_leaf_receipt,
)
from service.partner_logs import witness_keys
from service.partner_sets import accepted_sets
from service.partners import Partner

E = TypeVar("E", MessageSent, MessageAcknowledged, MessageReceived)


@dataclass(slots=True, kw_only=True)
class Compared:
    """What there is between us and one partner, and in what the two sides differ.

    `sent_chain` and `received_chain` are SHA-256 over the digests of all messages one
    way, each over the one before: to be compared with the other side's another way.
    """

    region: str
    origin: str | None = None
    sent: int = 0
    acknowledged: int = 0
    received: int = 0
    receipts: int = 0
    witnessed: Checkpoint | None = None
    cosigned: int = 0
    shown: int | None = None
    sent_chain: str = ""
    received_chain: str = ""
    differences: list[str] = field(default_factory=list)
    proven: list[Receipt] = field(default_factory=list, repr=False)

    @property
    def waiting(self) -> int:
        """How many messages the partner has not acknowledged yet."""
        return self.sent - self.acknowledged


def agreement(ledger: Ledger, us: str, region: str, partner: Partner) -> Compared:
    """Compare what our log holds of `region` with what its log proved; nobody is asked."""
    found = Compared(region=region)
    keys = keys_of(ledger, region, partner)
    if keys is None:
        found.differences.append("no key set of this partner was accepted yet")
    else:
        found.origin = keys.origin
    _compare_messages(found, ledger, us, keys)
    if keys is not None:
        _compare_heads(found, ledger, keys)
    return found


def keys_of(ledger: Ledger, region: str, partner: Partner) -> LogKeys | None:
    """Return every key a partner's log had, as its root signed them; later sets count more."""
    records, origin = dict[bytes, KeyRecord](), None
    for keys in accepted_sets(RegionKeys(ledger), region, partner):
        origin = keys.origin
        records |= {record.kid: record for record in keys.records}
    return None if origin is None else LogKeys(origin, (*records.values(),))


def _compare_messages(found: Compared, ledger: Ledger, us: str, keys: LogKeys | None) -> None:
    region, differ = found.region, found.differences.append
    sent = _events(ledger, found, sent_id(region), MessageSent)
    acknowledged = _events(ledger, found, acknowledged_id(region), MessageAcknowledged)
    received = _events(ledger, found, received_id(region), MessageReceived)
    alarms = ledger.entries(contradicted_id(region), opened=False)
    found.sent, found.acknowledged = len(sent), len(acknowledged)
    found.received = len(received)
    found.sent_chain = _chain(event.digest for event in sent)
    found.received_chain = _chain(event.digest for event in received)
    if len(acknowledged) > len(sent):
        differ("more was acknowledged than we sent")
    for mine, theirs in zip(sent, acknowledged, strict=False):
        if mine.digest != theirs.digest:
            differ(f"message {mine.sequence} was acknowledged as another one")
    for ack in acknowledged:
        _check(found, f"message {ack.sequence} to {region}", ack, received_id(us), keys)
    for message in received:
        what = f"message {message.sequence} from {region}"
        _check(found, what, message, sent_id(us), keys)
    for entry in alarms:
        if isinstance(entry.event, MessageContradicted):
            differ(f"two messages of sequence {entry.event.sequence} came from {region}")


def _compare_heads(found: Compared, ledger: Ledger, keys: LogKeys) -> None:
    for entry in ledger.entries(watched_id(keys.origin), opened=False):
        if isinstance(entry.event, LogCosigned):
            head = entry.event
            found.witnessed = Checkpoint(head.origin, head.size, head.root)
        elif isinstance(entry.event, LogForked):
            found.differences.append(
                f"its log signed two trees of its first {entry.event.size:,} entries;"
                " we keep both heads"
            )
    found.cosigned = _cosigned(ledger, witness_keys(keys))


def _cosigned(ledger: Ledger, witnesses: Sequence[NoteKey]) -> int:
    """Return the size of our newest head that one of `witnesses` cosigned, or 0."""
    published = ledger.published
    try:
        signed = open_checkpoint(published.cosigned(), published.keys.note_keys(), witnesses)
    except (NotPublished, NoteRefused):
        return 0
    return signed.checkpoint.size if signed.cosigned else 0


def _check(
    found: Compared,
    what: str,
    event: MessageAcknowledged | MessageReceived,
    stream: UUID,
    keys: LogKeys | None,
) -> None:
    """Check the receipt that `event` kept of the partner's entry in its `stream`."""
    if keys is None:
        return
    try:
        found.proven.append(
            verify_leaf_receipt(event.receipt, event.entry_digest, stream, keys)
        )
        found.receipts += 1
    except ReceiptRefused as error:
        found.differences.append(f"the receipt of {what} does not hold: {error}")


def _events(ledger: Ledger, found: Compared, stream: UUID, kind: type[E]) -> list[E]:
    """Return what a stream of messages holds, and tell where it has a gap."""
    events = list[E]()
    for number, entry in enumerate(ledger.entries(stream, opened=False), start=1):
        event = entry.event
        if not isinstance(event, kind) or event.sequence != number:
            found.differences.append(f"{entry.name} {number} is missing or another")
        else:
            events.append(event)
    return events


def _chain(digests: Iterable[bytes]) -> str:
    chain = bytes(32)
    for digest in digests:
        chain = sha256(chain + digest).digest()
    return chain.hex()
