"""One message that is owed to a partner region, before it is sealed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

from msgspec import Struct

from ledger.agreements import ACROSS_REGIONS
from ledger.catalogue import HAND_OVER
from ledger.entry import Entry
from ledger.handover import contents
from ledger.handover.asked import digests_of
from ledger.ports import Message

History = Callable[[], Sequence[Entry]]
"""Gives the stream of an entry, opened and up to it at least, to whoever needs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message owed to `region` about `subject`, with the digests that travel after it.

    `basis` is the law it is sent on, and `purpose` the service item it is for; what is
    about none is for handing over itself.
    """

    region: str
    message: Message
    subject: str | None
    purpose: str
    basis: str
    materials: tuple[str, ...] = field(default=(), repr=False)


def letter(
    entry: Entry,
    region: str,
    kind: str,
    content: Struct,
    materials: Mapping[str, str],
    *,
    about: UUID | None = None,
) -> Letter:
    """Return the message that `entry` owes `region`; about its stream, unless told."""
    message = Message(kind=kind, about=about or entry.stream, content=contents.plain(content))
    return Letter(
        region=region,
        message=message,
        subject=entry.subject,
        purpose=entry.item or HAND_OVER,
        basis=entry.legal_basis or ACROSS_REGIONS,
        materials=digests_of(materials),
    )


def newest(found: Iterable[object]) -> dict[str, str]:
    """Return the newest digest of each kind, of those `found` in their order."""
    return dict(
        chain.from_iterable(each.items() for each in found if isinstance(each, Mapping))
    )
