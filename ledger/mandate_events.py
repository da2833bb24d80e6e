"""What is recorded of who may act for an enterprise, and until when.

One stream holds one mandate. Its entries are about the enterprise, under whose
key the number is sealed; the person it was confirmed for is the actor of the first.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from ledger.personal import Personal, Recorded


class MandateConfirmed(Recorded, frozen=True):
    """A register confirmed that this person acts for the enterprise in this capacity.

    `scope` names service items, and is empty where the capacity covers all of them.
    `until` is the last day of an agent's authority; `verification` says who it is.
    """

    capacity: str
    scope: tuple[str, ...]
    until: date | None
    answers: Mapping[str, str]
    method: str
    source_as_of: datetime
    verification: UUID
    document_type: str
    number: Personal[str]


class MandateRefused(Recorded, frozen=True):
    """The register did not confirm it; `reason` is a word of ours."""

    capacity: str
    reason: str
    answers: Mapping[str, str]
    verification: UUID


class MandateWithdrawn(Recorded, frozen=True):
    """The mandate of `person` counts no more; whoever took it back is the entry's actor."""

    person: str


MandateEvent = MandateConfirmed | MandateRefused | MandateWithdrawn

MANDATE_EVENTS: Mapping[str, type[MandateEvent]] = {
    "mandate.confirmed.v1": MandateConfirmed,
    "mandate.refused.v1": MandateRefused,
    "mandate.withdrawn.v1": MandateWithdrawn,
}
