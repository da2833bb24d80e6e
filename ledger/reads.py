"""Recording who was shown somebody else's personal data, and telling the person.

It is recorded before anything is shown: what cannot be recorded is not shown either.
"""

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger.actor import Actor, Role
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CaseChanged
from ledger.reading_events import PersonalRead, reads_id
from ledger.subject_events import Standing

_DUTY: Final = "Personal Information Protection Law art. 13(1)(3)"
_ENTRUSTED: Final = "Administrative Licensing Law art. 29"
"""The applicant may have somebody act for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One look at what is known of a person, as the person is told of it."""

    number: int
    position: int
    at: datetime
    role: str
    reader: str
    authority: str | None
    what: str
    about: UUID | None
    purpose: str | None
    basis: str | None


class Reads:
    """Records reads in one ledger, and tells of them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def recording(self, subject: str, event: PersonalRead, reader: Actor) -> Future[int]:
        """Record that `reader` is shown this of `subject`; the position comes when durable.

        The future raises `CaseChanged` where the person was erased meanwhile, and
        `Unavailable`.
        """

        def job(draft: Draft) -> int:
            if self._ledger.standing(subject, draft) is Standing.ERASED:
                raise CaseChanged("the person was erased meanwhile")
            stream, now = reads_id(subject), self._ledger.now()
            others = draft.persons.setdefault(stream, [])
            version = self._ledger.recorder.version_of(stream) + len(others) + 1
            entry = Entry(
                stream=stream,
                version=version,
                event=event,
                recorded_at=now,
                effective_at=now,
                actor=reader,
                legal_basis=_ENTRUSTED if reader.role is Role.AGENT else _DUTY,
                subject=subject,
            )
            [added] = draft.add([entry], [])
            others.append(added)
            return added.position

        return self._ledger.writing(job)

    def of(self, subject: str, *, before: int | None = None, limit: int) -> list[Reading]:
        """Return up to `limit` reads of `subject`, the newest first, `before` a number."""
        stream = reads_id(subject)
        newest = self._ledger.recorder.version_of(stream)
        last = newest if before is None else min(newest, before - 1)
        entries = self._ledger.entries_beyond(stream, max(0, last - limit), until=last)
        return [_told(entry) for entry in reversed(entries)]


def _told(entry: Entry) -> Reading:
    event = entry.event
    if not isinstance(event, PersonalRead):
        raise TypeError(f"{entry.name} is no read")
    return Reading(
        number=entry.version,
        position=entry.position,
        at=entry.recorded_at,
        role=entry.actor.role,
        reader=entry.actor.id,
        authority=entry.actor.authority,
        what=event.what,
        about=event.about,
        purpose=event.purpose,
        basis=entry.legal_basis,
    )
