"""What is recorded of who was shown somebody else's personal data.

One stream a person, so that they can be shown it. Nothing in it is personal: what was
read is named, never what stood there, and the reader is an entry's actor.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid5

from ledger.personal import Recorded

_READS: Final = UUID("3b0b5f0c-52c4-4a0f-8f0e-0d5c0a7b9d11")


def reads_id(subject: str) -> UUID:
    """The stream of who read what is known of `subject`."""
    return uuid5(_READS, subject)


class PersonalRead(Recorded, frozen=True):
    """The actor was shown personal fields or a material of the subject, for a `purpose`.

    `what` is a word for what was asked, such as `replay` or `material:layout-plan`; `about`
    the case or hand-over it belongs to, and the `purpose` a service item's id.
    """

    what: str
    about: UUID | None = None
    purpose: str | None = None


ReadingEvent = PersonalRead

READING_EVENTS: Mapping[str, type[ReadingEvent]] = {
    "personal.read.v1": PersonalRead,
}
