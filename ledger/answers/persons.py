"""What is told of persons: how their data stand, what was sent of them, who acts for whom."""

from datetime import date
from typing import NotRequired, TypedDict
from uuid import UUID

from ledger.answers.cases import Moment, Position
from ledger.subject_events import Standing


class ShownStanding(TypedDict):
    """How a person's data stand."""

    subject: str
    standing: Standing


class StandingChanged(ShownStanding):
    """How they stand after a command, and where that is recorded."""

    position: Position


class Erased(StandingChanged):
    """The same after an erasure; `finished` where all of it was carried out here."""

    finished: bool


class ApplicantBinding(TypedDict):
    """An account's travel permit: open, null, or one word that says why it is not shown."""

    id: UUID
    status: str
    wording: int
    language: str
    consented_at: Moment
    permit: str | None
    reason: str | None
    method: str | None
    assurance: int
    source_as_of: Moment | None
    linked_at: Moment | None
    ended_at: Moment | None


class Mandate(TypedDict):
    """Who may act for an enterprise, as what, in which items (none is all) and until when."""

    id: UUID
    person: str
    enterprise: str
    capacity: str
    scope: list[str]
    until: date | None
    method: str
    source_as_of: Moment
    confirmed_at: Moment
    document_type: str
    withdrawn_at: Moment | None
    counts: NotRequired[bool]


class MandateForDecision(Mandate):
    """The same for whoever decides a case: with the enterprise's number, or why it is not."""

    verification: UUID
    number: str


class Mandates(TypedDict):
    """Those that whoever asks may withdraw."""

    mandates: list[Mandate]


class Applicant(TypedDict):
    """What is known of a case's applicant besides the case."""

    case_id: UUID
    subject: str
    bindings: list[ApplicantBinding]
    mandates: list[MandateForDecision]


class Transfer(TypedDict):
    """What kinds of somebody's data went to another region, why, and under which contract."""

    position: Position
    subject: str | None
    recipient: str
    contract: str
    categories: list[str]
    purpose: str
    basis: str
    cause: str
    sent_at: Moment


class TransferPage(TypedDict):
    """A page of transfers; `next` is the `after` of the next one, or null."""

    transfers: list[Transfer]
    next: str | None


class Refusal(TypedDict):
    """A token that a partner signed and we refused, and at which check."""

    position: Position
    recorded_at: Moment
    issuer: str
    typ: str
    step: str
    digest: str


class RefusalPage(TypedDict):
    """A page of refusals; `next` is the `after` of the next one, or null."""

    refusals: list[Refusal]
    next: str | None
