"""Recording which key sets counted, each once, whichever server notices it first."""

from collections.abc import Callable
from uuid import UUID

from ledger.actor import SYSTEM
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import EVENT_NAMES
from ledger.region_events import (
    PartnerKeysAccepted,
    RegionEvent,
    RegionKeysPublished,
    accepted_id,
    published_id,
)
from ledger.streams import next_entry

_NAME = EVENT_NAMES[RegionKeysPublished]
_FIRST = "SELECT rowid, state FROM stored_events WHERE topic = ? ORDER BY rowid LIMIT 1"


class RegionKeys:
    """What one log tells of key sets."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def published(self, region: str) -> RegionKeysPublished | None:
        """Return the set that we published last."""
        for entry in reversed(self._ledger.entries(published_id(region))):
            if isinstance(entry.event, RegionKeysPublished):
                return entry.event
        return None

    def first_published(self) -> RegionKeysPublished | None:
        """Return the first set that we published, whichever region we are."""
        for position, state in self._ledger.recorder.rows(_FIRST, _NAME):
            event = self._ledger.codec.read_state(state, position).event
            if isinstance(event, RegionKeysPublished):
                return event
        return None

    def accepted(self, region: str, root: bytes) -> tuple[PartnerKeysAccepted, ...]:
        """Return the sets of a partner accepted since it was enrolled by `root`, in order."""
        return tuple(
            entry.event
            for entry in self._ledger.entries(accepted_id(region))
            if isinstance(entry.event, PartnerKeysAccepted) and entry.event.root == root
        )

    def publish(self, region: str, event: RegionKeysPublished) -> bool:
        """Record our set, unless one as new is recorded; say whether it was."""

        def is_new() -> bool:
            last = self.published(region)
            return last is None or last.serial < event.serial

        return self._record(published_id(region), event, is_new)

    def accept(self, event: PartnerKeysAccepted) -> bool:
        """Record a partner's set, unless one as new is recorded; say whether it was."""

        def is_new() -> bool:
            known = self.accepted(event.region, event.root)
            return not known or known[-1].serial < event.serial

        return self._record(accepted_id(event.region), event, is_new)

    def _record(self, stream: UUID, event: RegionEvent, is_new: Callable[[], bool]) -> bool:
        def job(draft: Draft) -> bool:
            # Looked at where nobody else writes: another server may have been first.
            if any(entry.stream == stream for entry in draft.entries) or not is_new():
                return False
            draft.add([next_entry(self._ledger, draft, stream, event, SYSTEM)], [])
            return True

        return self._ledger.write(job)
