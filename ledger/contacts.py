"""Where persons asked to be told: given, changed and taken back by themselves alone."""

import re
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from ledger.actor import Actor, Role
from ledger.application import Ledger
from ledger.contact_events import (
    ContactEvent,
    ContactGiven,
    ContactWithdrawn,
    Language,
    contact_id,
)
from ledger.draft import Draft
from ledger.errors import CommandRejected, NotAllowed
from ledger.rules.subjects import check_free
from ledger.streams import next_entry

_MOST = 254
"""Characters in an address (RFC 5321, 4.5.3.1.3)."""
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
"""A mailbox as mail systems take it everywhere: nothing quoted, nothing that ends a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveContact:
    """Where to tell a person, and in which language."""

    address: Annotated[str, msgspec.Meta(max_length=_MOST)] = field(repr=False)
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where a person is to be told, as they last said it at `position`."""

    address: str = field(repr=False)
    language: Language
    position: int


class Contacts:
    """Where the persons of one ledger are told."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def of(self, subject: str) -> Contact | None:
        """Return where `subject` is to be told; `None` where they are not, or were erased."""
        entries = self._ledger.entries(contact_id(subject))
        if not entries or not isinstance(event := entries[-1].event, ContactGiven):
            return None
        if not isinstance(event.address, str):
            return None
        return Contact(
            address=event.address, language=event.language, position=entries[-1].position
        )

    def give(self, command: GiveContact, actor: Actor) -> Contact:
        """Record where `actor` is to be told; what stands already is not recorded again."""
        _require_themselves(actor)
        if not _ADDRESS.fullmatch(command.address):
            raise CommandRejected("this is not an address that mail can be sent to")
        now = self.of(actor.principal)
        if now is None or (now.address, now.language) != (command.address, command.language):
            event = ContactGiven(language=command.language, address=command.address)
            position = self._record(event, actor)
            return Contact(
                address=command.address, language=command.language, position=position
            )
        return now

    def withdraw(self, actor: Actor) -> None:
        """Record that `actor` is not to be told any more, if they were."""
        _require_themselves(actor)
        if self.of(actor.principal) is not None:
            self._record(ContactWithdrawn(), actor)

    def _record(self, event: ContactEvent, actor: Actor) -> int:
        subject, stream = actor.principal, contact_id(actor.principal)

        def job(draft: Draft) -> int:
            if isinstance(event, ContactGiven):
                check_free(self._ledger.standing(subject, draft))
            law = "Personal Information Protection Law art. 13(1)"
            entry = next_entry(
                self._ledger, draft, stream, event, actor, subject=subject, legal_basis=law
            )
            draft.add_of_person([entry])
            return draft.head

        return self._ledger.write(job)


def _require_themselves(actor: Actor) -> None:
    if actor.role is not Role.APPLICANT or actor.id != actor.principal:
        raise NotAllowed("where somebody is told is for themselves to say")
