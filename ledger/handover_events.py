"""What is recorded of a case that is handed across regions, in one stream a hand-over.

The stream is our side of it. What the other side does comes as messages, and is
recorded here as what it told us; its own log has the fact itself.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from ledger.assurance import Assured
from ledger.personal import Personal, Recorded

Texts = Mapping[str, str]


class Duties(Recorded, frozen=True):
    """Who at the window did what; pseudonyms of those who work there (收件人等)."""

    received_by: str
    form_checked_by: str
    identity_checked_by: str


class HandoverBegun(Recorded, frozen=True):
    """A window here took an application for another region's authority (代收代办).

    `item` is one of the other region's catalogue.

    `account` is the person's name for that region alone; `basis` a word of
    `ledger.agreements.BASES`. `digests` maps kind to SHA-256 in hex.
    """

    to: str
    item: str
    window: str
    basis: str
    verification: UUID
    jurisdiction: str
    method: str
    assured: Assured
    duties: Duties
    materials: tuple[str, ...]
    account: Personal[str]
    claims: Personal[Texts]
    digests: Personal[Texts]
    form: Personal[Texts]


class HandoverCorrected(Recorded, frozen=True):
    """The window took what the home authority's notice named (补正)."""

    materials: tuple[str, ...]
    digests: Personal[Texts]
    form: Personal[Texts]


class HandoverSupplemented(Recorded, frozen=True):
    """The window took materials still owed, or to go with an opinion (补齐)."""

    materials: tuple[str, ...]
    digests: Personal[Texts]


class HandoverProgressed(Recorded, frozen=True):
    """The other side told what became of it; `told` is the name of its event.

    `version` is that of its case, `details` its words to the person.
    """

    told: str
    status: str
    version: int
    receipt: str
    occurred_at: datetime
    materials: tuple[str, ...]
    due: date | None
    details: Personal[Texts]


class HandoverRefused(Recorded, frozen=True):
    """A rule of the other side refused what we sent, a message of this kind."""

    kind: str
    reason: Personal[str]


class ReviewReceived(Recorded, frozen=True):
    """Another region's authority asks one of ours for its opinion (多地联办)."""

    sender: str
    review: UUID
    case: UUID
    item: str
    authority: str
    basis: str
    jurisdiction: str
    due: date
    materials: tuple[str, ...]
    question: Personal[str]
    digests: Personal[Texts]


class OpinionGiven(Recorded, frozen=True):
    """Our authority's reviewer answered; the deciding authority decides."""

    recommendation: str
    materials: tuple[str, ...]
    findings: Personal[str]
    digests: Personal[Texts]


class ResultFollowed(Recorded, frozen=True):
    """Somebody applied online in another region, and wants the result told here (全程网办)."""

    sender: str
    handover: UUID
    item: str


HandoverEvent = (
    HandoverBegun
    | HandoverCorrected
    | HandoverSupplemented
    | HandoverProgressed
    | HandoverRefused
    | ReviewReceived
    | OpinionGiven
    | ResultFollowed
)

HANDOVER_EVENTS: Mapping[str, type[HandoverEvent]] = {
    "handover.begun.v1": HandoverBegun,
    "handover.corrected.v1": HandoverCorrected,
    "handover.supplemented.v1": HandoverSupplemented,
    "handover.progressed.v1": HandoverProgressed,
    "handover.refused.v1": HandoverRefused,
    "handover.review_received.v1": ReviewReceived,
    "handover.opinion_given.v1": OpinionGiven,
    "handover.result_followed.v1": ResultFollowed,
}
