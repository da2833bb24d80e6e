"""The types of events that occurred, in the order in which they first did."""

from typing import Final

from ledger.exporting.model import Event

_KINDS: Final = {
    "position": "integer",
    "case_version": "integer",
    "recorded_at": "time",
    "source_recorded_at": "time",
}


def kind_of(attribute: str) -> str:
    """Return the kind of an attribute's values (OCEL 2.0, 4); they are all written as text."""
    return _KINDS.get(attribute, "string")


class Types:
    """Which types of events there were, and which attributes any of a type had."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, None]] = {}

    def see(self, event: Event) -> list[str]:
        """Take note of `event`; returns its attributes that its type did not have before."""
        known = self._seen.setdefault(event.type, {})
        new = [name for name in event.attributes if name not in known]
        known |= dict.fromkeys(new)
        return new

    def events(self) -> list[tuple[str, list[str]]]:
        """Return each type with its attributes."""
        return [(name, [*attributes]) for name, attributes in self._seen.items()]
