"""A consent as its entries leave it, and how an entry that rests on one names it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ledger.actor import Actor
from ledger.consent_events import ConsentGiven, ConsentWithdrawn, How
from ledger.entry import Entry

FindConsent = Callable[[str, str | None], UUID | None]
"""Finds the person's standing consent to a purpose, for a recipient."""

_NAMED = re.compile(r"\(consent ([0-9a-f-]{36})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person agreed to; `witness` is the clerk it was told to, at a window."""

    id: UUID
    purpose: str
    categories: tuple[str, ...]
    recipient: str | None
    wording: int
    language: str
    digest: str
    how: How
    witness: str | None
    given_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether something may still be begun on it."""
        return self.withdrawn_at is None


def fold_consents(entries: Iterable[Entry]) -> list[Consent]:
    """Return the consents of one person in the order they were given."""
    found: dict[UUID, Consent] = {}
    for entry in entries:
        match entry.event:
            case ConsentGiven() as event:
                found[event.consent] = Consent(
                    id=event.consent,
                    purpose=event.purpose,
                    categories=event.categories,
                    recipient=event.recipient,
                    wording=event.wording,
                    language=event.language,
                    digest=event.digest,
                    how=event.how,
                    witness=entry.actor.id if event.how == "window" else None,
                    given_at=entry.recorded_at,
                )
            case ConsentWithdrawn() as event:
                found[event.consent] = replace(
                    found[event.consent], withdrawn_at=entry.recorded_at
                )
    return list(found.values())


def standing_for(
    consents: Iterable[Consent], purpose: str, recipient: str | None = None
) -> Consent | None:
    """Return the newest consent to this purpose and recipient that was not withdrawn."""
    fitting = [
        each
        for each in consents
        if each.stands and (each.purpose, each.recipient) == (purpose, recipient)
    ]
    return fitting[-1] if fitting else None


def how_told(actor: Actor) -> How:
    """Say by which way in the person of `actor` speaks."""
    return "session" if actor.id == actor.principal else "window"


def naming(law: str, consent: UUID) -> str:
    """Return `law` with the consent that makes it apply, as a legal basis is written."""
    return f"{law} (consent {consent})"


def named_in(legal_basis: str | None) -> UUID | None:
    """Return the consent that a legal basis names, if it rests on one."""
    found = _NAMED.search(legal_basis or "")
    return None if found is None else UUID(found[1])
