"""Cases that an event loop looks up by itself.

Where the log is a file of ours, reading one case takes less time than having a thread
do it. Another server's database, and a stream of many entries, are left to a thread.
"""

from typing import Final
from uuid import UUID

from ledger.application import Ledger
from ledger.case import Case, fold
from ledger.events import CASE_EVENTS

FEW: Final = 64
"""Fewer entries are read while everybody else waits: half a millisecond's worth."""

_OF_CASES = frozenset(CASE_EVENTS.values())


def at_hand(ledger: Ledger, case_id: UUID) -> Case | None:
    """Return the case as it stands, or `None` where telling may take longer.

    Also where there is no case of ours: `Ledger.find` has the last word. Raises what
    reading the log raises.
    """
    known, head = ledger.remembered(case_id), ledger.head
    if known is not None or ledger.recorder.database.is_shared:
        return known
    entries = ledger.entries_beyond(case_id, 0, until=FEW)
    if not 0 < len(entries) < FEW or type(entries[0].event) not in _OF_CASES:
        return None
    case = fold(entries)
    # A commit in between has left its own, unless so many came that it is gone.
    if case is not None and ledger.head - head < ledger.recent.size:
        ledger.recent.offer(case_id, case)
    return case
