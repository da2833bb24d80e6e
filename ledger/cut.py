"""As it stood: which entries had been made, or were in effect, at some point.

Three clocks may be asked, alone or together: when a fact took effect, when we
recorded it, and when its source recorded it. A fact whose source time is not
known is never counted as recorded by the source at a given time.
"""

from dataclasses import dataclass
from datetime import datetime

from ledger.entry import Entry
from ledger.history_events import HISTORY_EVENTS, FactRecorded, FactSuperseded


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Keeps what was so at every time named; each bound is inclusive."""

    as_of: datetime | None = None
    recorded_until: datetime | None = None
    source_recorded_until: datetime | None = None
    position: int | None = None

    @property
    def is_now(self) -> bool:
        """Whether nothing is cut off."""
        return self == Cut()

    def admits(self, entry: Entry) -> bool:
        """Tell whether `entry` counts."""
        if self.position is not None and entry.position > self.position:
            return False
        if self.recorded_until is not None and entry.recorded_at > self.recorded_until:
            return False
        return _is_register_keeping(entry) or self._admits_fact(entry)

    def _admits_fact(self, entry: Entry) -> bool:
        if self.as_of is not None and entry.effective_at > self.as_of:
            return False
        if self.source_recorded_until is None:
            return True
        recorded = entry.source_recorded_at
        if recorded is None and not isinstance(entry.event, FactRecorded | FactSuperseded):
            recorded = entry.recorded_at
        return recorded is not None and recorded <= self.source_recorded_until


def _is_register_keeping(entry: Entry) -> bool:
    """Our own notes about an import, which say nothing of when anything happened."""
    kind = type(entry.event)
    return kind in HISTORY_EVENTS.values() and kind not in (FactRecorded, FactSuperseded)
