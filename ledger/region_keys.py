"""Recording which key sets counted, each once, whichever server notices it first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
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

CONFIRMED_EVERY: Final = timedelta(hours=12)
"""A partner's set that is confirmed is recorded again after this long."""

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
        """Return the sets of a partner accepted since it was enrolled by `root`, in order.

        Each stands there once, however often it was confirmed.
        """
        sets = {event.key_set: event for _, event in reversed(self._accepted(region, root))}
        return tuple(reversed(sets.values()))

    def confirmed_at(self, region: str, root: bytes) -> datetime | None:
        """Return when it was last recorded that a partner's set is the one it has."""
        accepted = self._accepted(region, root)
        return accepted[-1][0] if accepted else None

    def publish(self, region: str, event: RegionKeysPublished) -> bool:
        """Record our set, unless one as new is recorded; say whether it was."""

        def is_new() -> bool:
            last = self.published(region)
            return last is None or last.serial < event.serial

        return self._record(published_id(region), event, is_new)

    def accept(self, event: PartnerKeysAccepted) -> bool:
        """Record a partner's set, unless one as new is recorded; say whether it was.

        The one that is recorded is recorded again where that was half a day ago: what is
        trusted after a restart has been confirmed no longer ago than it seems.
        """

        def is_new() -> bool:
            known = self._accepted(event.region, event.root)
            if not known or known[-1][1].serial < event.serial:
                return True
            recorded_at, last = known[-1]
            is_old = self._ledger.now() - recorded_at >= CONFIRMED_EVERY
            return is_old and last.key_set == event.key_set

        return self._record(accepted_id(event.region), event, is_new)

    def _accepted(self, region: str, root: bytes) -> list[tuple[datetime, PartnerKeysAccepted]]:
        return [
            (entry.recorded_at, entry.event)
            for entry in self._ledger.entries(accepted_id(region))
            if isinstance(entry.event, PartnerKeysAccepted) and entry.event.root == root
        ]

    def _record(self, stream: UUID, event: RegionEvent, is_new: Callable[[], bool]) -> bool:
        def job(draft: Draft) -> bool:
            # Looked at where nobody else writes: another server may have been first.
            if any(entry.stream == stream for entry in draft.entries) or not is_new():
                return False
            draft.add([next_entry(self._ledger, draft, stream, event, SYSTEM)], [])
            return True

        return self._ledger.write(job)
