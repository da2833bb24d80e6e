"""What is recorded of where a person asked to be told what becomes of their cases.

One stream a person. The address is theirs alone: sealed under their key, given by
them for this and never taken from who proved their identity.
"""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID, uuid5

from ledger.personal import Personal, Recorded

_CONTACTS = UUID("9a5f6f0e-31d4-4c1c-8b7a-0f2e3a5f7c64")

Language = Literal["zh-Hans", "zh-Hant", "en"]


def contact_id(subject: str) -> UUID:
    """The stream of where `subject` is to be told."""
    return uuid5(_CONTACTS, subject)


class ContactGiven(Recorded, frozen=True):
    """From now on the person is to be told at this address, in this language."""

    language: Language
    address: Personal[str]


class ContactWithdrawn(Recorded, frozen=True):
    """The person is not to be told any more."""


ContactEvent = ContactGiven | ContactWithdrawn

CONTACT_EVENTS: Mapping[str, type[ContactEvent]] = {
    "contact.given.v1": ContactGiven,
    "contact.withdrawn.v1": ContactWithdrawn,
}
