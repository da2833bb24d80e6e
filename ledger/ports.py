"""What the ledger needs of others, and how it meets those who carry its messages.

Subject keys and materials are each in a store of its own. A message to a partner
region is sealed by whoever knows its keys, and carried by whoever reaches it.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID


class SubjectKeys(Protocol):
    """One 32-byte key a person; a store of its own, so that a key can be destroyed."""

    def key(self, subject: str) -> bytes | None:
        """Return the subject's key, or `None` if there never was one or it was erased."""

    def create(self, subjects: Iterable[str]) -> None:
        """Make a key for each subject that has none, durably, before anything is sealed."""

    def erase(self, subject: str) -> None:
        """Destroy the subject's key for good, durably; they are never given another."""

    def damaged(self) -> Iterator[int]:
        """Yield the number of each key that does not open; it says nothing of whose it is."""

    def close(self) -> None:
        """Let go of the store."""


MATERIAL_TYPES: Final = ("application/pdf", "image/png", "image/jpeg")
"""What is accepted as a material, told by its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMaterial:
    """What was found out about an upload while it was stored."""

    digest: str
    size: int
    media_type: str


class Materials(Protocol):
    """Files handed in, encrypted under their subject's key, found by SHA-256 in hex."""

    async def put(
        self, subject: str, chunks: AsyncIterator[bytes], *, digest: str
    ) -> StoredMaterial:
        """Store what `chunks` holds, or raise `MaterialRefused`; nothing half-stored stays."""

    def describe(self, subject: str, digest: str) -> StoredMaterial:
        """Return what is held, or raise `MaterialNotFound`."""

    def read(self, subject: str, digest: str) -> Iterator[bytes]:
        """Yield the material's plain bytes, or raise `MaterialNotFound` or `LogDamaged`."""

    def digests(self, subject: str) -> Iterator[str]:
        """Yield the digest of every material held for the subject, named in a case or not."""

    def erase(self, subject: str) -> None:
        """Remove every material of a person whose key is still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one region tells another; `about` is the hand-over or joint review it is of.

    `kind` is one of `ledger.handover.KINDS`, `content` plain values that CBOR can carry.
    """

    kind: str
    about: UUID
    content: Mapping[str, Any] = field(repr=False)


class Sealer(Protocol):
    """Turns a message into what a partner region, and nobody else, can read and trust."""

    def seal(
        self,
        region: str,
        sequence: int,
        message: Message,
        *,
        now: datetime,
        previous: bytes | None = None,
    ) -> bytes:
        """Return the signed token, its body sealed to the region's box key.

        `previous` is SHA-256 of the token before it to this region; the first has none.
        It is called where nobody else may write to the log, so it asks nobody.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message to be delivered: the token, and the proof that our log holds it.

    `entry` is the stored `message.sent.v1`, `receipt` its RFC 9942 receipt.
    `materials` are the SHA-256 digests, in hex, of what travels after it, held
    under `subject`: once the message was taken and before it is acknowledged.
    """

    sequence: int
    token: bytes = field(repr=False)
    entry: bytes = field(repr=False)
    receipt: bytes = field(repr=False)
    subject: str | None = None
    materials: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The other side's word that it took a message; checked before it comes here.

    `digest` is SHA-256 of our token; `position`, `entry` and `receipt` are those of
    its `message.received.v1`.
    """

    digest: bytes
    position: int
    entry: bytes = field(repr=False)
    receipt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message as it came, its token and the sender's receipt checked already.

    `digest` is SHA-256 of the token; `entry` and `receipt` prove that the sender's
    log holds its `message.sent.v1`. `previous` is the digest that the token names as
    the one before it: another than the one received is a contradiction. One that is not
    `readable` has no content: it is taken, so that those behind it come, and refused.
    """

    region: str
    sequence: int
    digest: bytes
    token: bytes = field(repr=False)
    message: Message
    entry: bytes = field(repr=False)
    receipt: bytes = field(repr=False)
    previous: bytes | None = None
    readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What the acknowledgement of a message carries: our entry of it, and its receipt."""

    position: int
    entry: bytes = field(repr=False)
    receipt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """The materials that a received message named, and whose they are here."""

    subject: str
    materials: frozenset[str] = field(repr=False)


class Outgoing(Protocol):
    """The messages to partner regions; `ledger.handover.Outbox` is the one there is."""

    def pending(self, region: str) -> list[Parcel]:
        """Return what `region` has not acknowledged, in order; the first has to go first."""

    def may_follow(self, region: str, sequence: int) -> bool:
        """Tell whether materials may still go after this message to `region`."""

    def acknowledged(self, region: str, sequence: int, ack: Acknowledged) -> None:
        """Record the acknowledgement; the same one again changes nothing.

        Raises `OutOfOrder` where an earlier message is not acknowledged yet, and
        `Contradicted` where the digest is of no message we sent under this sequence.
        """


class Incoming(Protocol):
    """The messages from partner regions; `ledger.handover.Inbox` is the one there is."""

    def take(self, received: Received) -> Taken:
        """Record the message, do what it asks in the same transaction, and say so.

        The same message again gets the first answer. Raises `OutOfOrder` for one that
        comes too early, and `Contradicted` for another one under a known sequence.
        """

    def awaited(self, region: str, digest: bytes) -> Awaited | None:
        """Return what the message of this digest named, if one was received from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a person is told: that something of this `kind` happened to a case of theirs.

    It holds nothing else of the person or the case; `link` leads to where they see it
    once they proved who they are. `until` is the last day to act, where there is one.
    `id` is the same each time it is sent.
    """

    id: UUID
    kind: str
    address: str = field(repr=False)
    language: str
    case: str
    link: str
    until: date | None = None
    owed: int = 0


class Fate(StrEnum):
    """What became of a notice: taken, to be tried again, or never to be taken there."""

    TAKEN = "taken"
    LATER = "later"
    NEVER = "never"


class Notifier(Protocol):
    """One way of telling people; called by one thread at a time."""

    def send(self, notice: Notice) -> Fate:
        """Hand `notice` to whoever carries it; nothing is raised for what goes wrong there."""
