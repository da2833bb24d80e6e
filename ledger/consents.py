"""Consents in the log: one stream a person, which whatever rests on one looks at."""

from collections.abc import Sequence

from ledger.actor import Actor
from ledger.application import Ledger
from ledger.consent import Consent, standing_for
from ledger.consent_commands import ConsentCommand, GiveConsent
from ledger.consent_events import ConsentEvent, ConsentGiven, consents_id
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.rules.consents import decide_consent
from ledger.streams import entry_now

_GIVEN = "Personal Information Protection Law art. 14"
_WITHDRAWN = "Personal Information Protection Law art. 15"


class Consents:
    """Gives commands about consents to one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def of(self, subject: str) -> list[Consent]:
        """Return what a person agreed to, in the order they did, withdrawn or not."""
        return self._ledger.consents(subject)

    def give(self, command: ConsentCommand, actor: Actor) -> Consent:
        """Apply `command` for the person of `actor`, durably, and return the consent.

        One that stands already is not given again, nor one withdrawn twice: the answer
        is as it is. Raises what `decide_consent` raises, and `Unavailable`.
        """
        subject, book = actor.principal, self._ledger.book

        def job(draft: Draft) -> Consent:
            before = self._ledger.consents(subject, draft)
            standing = self._ledger.standing(subject, draft)
            event = decide_consent(command, before, actor, book.purposes, standing)
            if event is not None:
                entry = consent_entry(self._ledger, event, actor, draft)
                draft.add_of_person([entry])
            return _answer(command, self._ledger.consents(subject, draft))

        return self._ledger.write(job)


def consent_entry(
    ledger: Ledger, event: ConsentEvent, actor: Actor, draft: Draft | None = None
) -> Entry:
    """Return the next entry of what the person of `actor` says of their consents."""
    subject, stream = actor.principal, consents_id(actor.principal)
    version = len(ledger.of_person(stream, draft)) + 1
    law = _GIVEN if isinstance(event, ConsentGiven) else _WITHDRAWN
    return entry_now(ledger, stream, version, event, actor, subject=subject, legal_basis=law)


def _answer(command: ConsentCommand, consents: Sequence[Consent]) -> Consent:
    if isinstance(command, GiveConsent):
        same = standing_for(consents, command.purpose, command.recipient)
        if same is not None:
            return same
    return next(each for each in consents if each.id == command.consent)
