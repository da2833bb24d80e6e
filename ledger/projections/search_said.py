"""What the entries of one of our cases said that it may be found by."""

from collections.abc import Iterator, Mapping

from ledger.codec import personal_fields
from ledger.entry import Entry
from ledger.events import CASE_EVENTS, CaseGranted, GrantedOnCommitment, RejectedAtIntake

_OURS = frozenset(CASE_EVENTS.values())
_NO_WORDS = frozenset({"digests", "account", "claims"})


class Said:
    """The texts of one case in the order of its entries; `personal` ones are opened."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.personal: list[str] = []

    def add(self, entry: Entry, opened: Entry | None) -> None:
        """Add what `entry` says, and what it says `opened` where that may be looked at."""
        event = entry.event
        if isinstance(event, CaseGranted | GrantedOnCommitment):
            self.told.append(event.result)
        elif isinstance(event, RejectedAtIntake):
            self.told.append(event.competent_body)
        if opened is not None:
            self.personal.extend(_words(opened))


def has_words(entry: Entry) -> bool:
    """Tell whether opening `entry` brings words; those of imported cases are not wanted."""
    return type(entry.event) in _OURS and not _NO_WORDS.issuperset(personal_fields(entry.event))


def _words(opened: Entry) -> Iterator[str]:
    for name in personal_fields(opened.event):
        value = getattr(opened.event, name)
        if name in _NO_WORDS:
            continue
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from value.values()
