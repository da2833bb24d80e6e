"""What is recorded of consents: given to words that are kept, and withdrawn.

One stream a person holds all of theirs. Nothing here is personal beyond whose it
is, so that it can be shown for ever that what was done rested on a consent.
"""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID, uuid5

from ledger.personal import Recorded

_CONSENTS = UUID("5d0a3b0e-8f0c-4c55-9a6b-7f8b1b8e2f41")

How = Literal["session", "window"]
"""In the person's own session, or told at a window: there the entry's actor is the witness."""


def consents_id(subject: str) -> UUID:
    """The stream of what `subject` agreed to."""
    return uuid5(_CONSENTS, subject)


class ConsentGiven(Recorded, frozen=True):
    """The person agreed to one purpose of the register, in words that are kept (PIPL art. 14).

    `recipient` is the region it is for, where the purpose asks for one; `digest` is the
    SHA-256 of the wording in that version and language.
    """

    consent: UUID
    purpose: str
    categories: tuple[str, ...]
    recipient: str | None
    wording: int
    language: str
    digest: str
    how: How


class ConsentWithdrawn(Recorded, frozen=True):
    """Taken back: what follows stops, and what was done stays lawful (PIPL art. 15)."""

    consent: UUID
    how: How


ConsentEvent = ConsentGiven | ConsentWithdrawn

CONSENT_EVENTS: Mapping[str, type[ConsentEvent]] = {
    "consent.given.v1": ConsentGiven,
    "consent.withdrawn.v1": ConsentWithdrawn,
}
