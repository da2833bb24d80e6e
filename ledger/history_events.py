"""What is recorded of cases that another system handled.

Imported facts are never refused. A register is the source a log was taken
from; a later delivery of it adds facts and supersedes those it contradicts,
which stay in the log and no longer count.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from ledger.personal import Personal, Recorded

_NAMESPACE = UUID("6f1f6f0b-6b5f-5d0a-9d5e-2f0c8f6f7a11")

Attributes = tuple[tuple[Any, ...], ...]


def register_id(register: str) -> UUID:
    """The stream of a register's mappings and deliveries."""
    return uuid5(_NAMESPACE, f"register:{register}")


def mapping_id(digest: str) -> UUID:
    """The stream of one mapping, which is recorded once."""
    return uuid5(_NAMESPACE, f"mapping:{digest}")


def history_id(register: str, number: str) -> UUID:
    """The stream of one imported case; numbers are the register's own."""
    return uuid5(_NAMESPACE, f"case:{register}/{number}")


class MappingRecorded(Recorded, frozen=True):
    """What a log's activities mean, kept so that a rebuild reads nothing but the log."""

    digest: str
    document: bytes


class DeliveryBegun(Recorded, frozen=True):
    """A log of the register started coming in. `sha256` is of the file's bytes."""

    register: str
    number: int
    log: str
    sha256: str
    mapping: str


class DeliveryFinished(Recorded, frozen=True):
    """Everything of a delivery is recorded; the same file again adds nothing."""

    number: int
    sha256: str
    mapping: str
    cases: int
    events: int
    not_mentioned: int


class HistoryOpened(Recorded, frozen=True):
    """A register's case is known here. Attributes are kept as the source wrote them."""

    register: str
    number: str
    attributes: Personal[Attributes]


class FactRecorded(Recorded, frozen=True):
    """One event of a source's log, as it was.

    `fact` is what the mapping says the activity means, `None` where it says
    nothing; `matched` are the attributes its status rules look at.
    """

    delivery: int
    mapping: str
    activity: str
    answer: str | None
    fact: str | None
    matched: tuple[tuple[str, str], ...]
    attributes: Personal[Attributes]


class FactSuperseded(Recorded, frozen=True):
    """A later delivery has no counterpart for this fact, so it no longer counts."""

    delivery: int
    mapping: str
    version: int


HistoryEvent = (
    MappingRecorded
    | DeliveryBegun
    | DeliveryFinished
    | HistoryOpened
    | FactRecorded
    | FactSuperseded
)

HISTORY_EVENTS: Mapping[str, type[HistoryEvent]] = {
    "mapping.recorded.v1": MappingRecorded,
    "delivery.begun.v1": DeliveryBegun,
    "delivery.finished.v1": DeliveryFinished,
    "history.opened.v1": HistoryOpened,
    "fact.recorded.v1": FactRecorded,
    "fact.superseded.v1": FactSuperseded,
}
