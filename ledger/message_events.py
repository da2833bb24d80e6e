"""What is recorded of messages between regions: sent, acknowledged, received, or unsent.

Each partner has a stream of each, whose versions are the messages' sequence
numbers: a stream has no gaps, so neither has the conversation.
"""

from collections.abc import Mapping
from uuid import UUID, uuid5

from ledger.personal import Personal, Recorded

_SENT = UUID("8d6f3c8e-4a2b-4f57-8e0e-0b7f5a9c1e01")
_ACKNOWLEDGED = UUID("8d6f3c8e-4a2b-4f57-8e0e-0b7f5a9c1e02")
_RECEIVED = UUID("8d6f3c8e-4a2b-4f57-8e0e-0b7f5a9c1e03")
_CONTRADICTED = UUID("8d6f3c8e-4a2b-4f57-8e0e-0b7f5a9c1e04")
_UNSENT = UUID("8d6f3c8e-4a2b-4f57-8e0e-0b7f5a9c1e05")


def sent_id(region: str) -> UUID:
    """The stream of what we sent to `region`."""
    return uuid5(_SENT, region)


def acknowledged_id(region: str) -> UUID:
    """The stream of what `region` acknowledged of it."""
    return uuid5(_ACKNOWLEDGED, region)


def received_id(region: str) -> UUID:
    """The stream of what we received from `region`."""
    return uuid5(_RECEIVED, region)


def contradicted_id(region: str) -> UUID:
    """The stream of alarms: what `region` sent that contradicts what it sent before."""
    return uuid5(_CONTRADICTED, region)


def unsent_id(region: str) -> UUID:
    """The stream of what `region` was owed and will not be sent."""
    return uuid5(_UNSENT, region)


class MessageSent(Recorded, frozen=True):
    """We owe a partner region this message, because of the entry at position `cause`.

    `digest` is SHA-256 of the token, `materials` the digests of what travels after it.
    """

    to: str
    sequence: int
    kind: str
    about: UUID
    cause: int
    digest: bytes
    token: Personal[bytes]
    materials: Personal[tuple[str, ...]]


class MessageUnsent(Recorded, frozen=True):
    """What the entry at position `cause` owes is more than one message holds: it never goes."""

    to: str
    kind: str
    about: UUID
    cause: int


class MessageAcknowledged(Recorded, frozen=True):
    """The partner has it at `position` of its own log, and `receipt` proves that.

    `entry_digest` is the leaf of its entry (RFC 9162, 2.1.1: SHA-256 over a zero byte
    and the entry), so that the receipt can be checked again without the entry.
    """

    by: str
    sequence: int
    digest: bytes
    position: int
    entry_digest: bytes
    receipt: bytes


class MessageReceived(Recorded, frozen=True):
    """A partner's message, and what became of what it asked: done, or refused by a rule.

    `entry_digest`, the leaf of the sender's entry as above, and `receipt` prove that
    the sender's log has it.
    """

    sender: str
    sequence: int
    kind: str
    about: UUID
    digest: bytes
    refused: bool
    entry_digest: bytes
    receipt: bytes
    token: Personal[bytes]
    materials: Personal[tuple[str, ...]]
    reason: Personal[str]


class MessageContradicted(Recorded, frozen=True):
    """A partner sent two messages of one sequence: `taken` counts, `shown` does not.

    `entry_digest` and `receipt` are of the one shown: its log has both, or another log.
    """

    sender: str
    sequence: int
    taken: bytes
    shown: bytes
    entry_digest: bytes
    receipt: bytes


MessageEvent = (
    MessageSent | MessageUnsent | MessageAcknowledged | MessageReceived | MessageContradicted
)

MESSAGE_EVENTS: Mapping[str, type[MessageEvent]] = {
    "message.sent.v1": MessageSent,
    "message.unsent.v1": MessageUnsent,
    "message.acknowledged.v1": MessageAcknowledged,
    "message.received.v1": MessageReceived,
    "message.contradicted.v1": MessageContradicted,
}
