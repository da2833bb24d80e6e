"""What a rule may know besides the case: the time, the asker, the item, the calendar."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from ledger.actor import Actor
from ledger.agreements import Agreements
from ledger.assurance import Assured
from ledger.calendar import Calendar, Deadline, deadline, ends_at
from ledger.catalogue import Authority, ServiceItem
from ledger.consent import FindConsent
from ledger.events import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How the asker proved who they are, as their session says.

    `from_hong_kong` says whether their data are Hong Kong's, whoever vouched for them;
    `also_bound` are the documents their account was bound to since, by consent.
    """

    verification: UUID
    jurisdiction: str
    method: str
    assured: Assured
    from_hong_kong: bool = False
    also_bound: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """What somebody signed with their provider, in one verification, for one case."""

    verification: UUID
    subject: str
    case_id: UUID
    digest: str
    signature_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """By which window of another region an application came, and what it says of the person.

    `account` is the person's name between that region and us.
    """

    region: str
    handover: UUID
    account: str = field(repr=False)
    claims: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The present, for one decision. `item` is the version the case is pinned to.

    `taken_back` says that the region which answered for the case's person does so no
    more; it is known only where the item `asks_again`. `account` names the person to
    one partner region.
    """

    now: datetime
    actor: Actor
    item: ServiceItem
    authority: Authority
    calendar: Calendar
    verified: Verified | None = None
    signed: SignedDocument | None = None
    handed_over: HandedOver | None = None
    taken_back: bool = False
    agreements: Agreements = field(default_factory=dict)
    account: Callable[[str], str] = lambda _region: ""
    consent: FindConsent = lambda _purpose, _recipient: None

    @property
    def today(self) -> date:
        """The civil date where the deciding authority sits."""
        return self.calendar.today(self.now)

    @property
    def is_mainland(self) -> bool:
        """Whether the mainland's Administrative Licensing Law governs the case."""
        return self.authority.calendar == "CN"

    def law(self, article: str) -> str:
        """The basis of a step: the Licensing Law's article, elsewhere the item's own law."""
        if self.is_mainland:
            return f"Licensing Law art. {article}"
        return "; ".join(self.item.legal_basis)

    def due_in(self, working_days: int) -> Deadline:
        """The deadline `working_days` from today; today is not counted (art. 82)."""
        return deadline(self.calendar, self.today, working_days)

    def has_passed(self, due: Deadline) -> bool:
        """Whether the last day of `due` is over where the authority sits."""
        return self.now >= ends_at(due, self.calendar.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An event a rule answers with, when it takes effect, and the law it rests on.

    Without a law of its own a step rests on the first one of its service item.
    """

    event: CaseEvent
    effective_at: datetime
    legal_basis: str | None = None
