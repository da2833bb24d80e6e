"""What is still going on about a person between regions, which an erasure would cut off."""

from collections.abc import Iterator
from pathlib import Path

from ledger.application import Ledger
from ledger.draft import Draft
from ledger.handover.handover import fold_handover
from ledger.handover_events import HandoverEvent
from ledger.holding import streams_at
from ledger.message_events import MessageSent, acknowledged_id
from ledger.streams import entries_of, last_version


def unfinished(ledger: Ledger, folder: Path, subject: str, draft: Draft) -> Iterator[str]:
    """Yield, for a job, a name for each hand-over that is not over, and each message sent.

    Raises what `streams_at` raises.
    """
    for stream in streams_at(ledger, folder, subject, draft):
        entries = entries_of(ledger, stream, draft)
        first = entries[0].event if entries else None
        if isinstance(first, HandoverEvent):
            handover = fold_handover(entries)
            if handover is not None and not handover.is_over:
                yield handover.receipt or f"hand-over {stream}"
        elif isinstance(first, MessageSent):
            done = last_version(ledger, acknowledged_id(first.to), draft)
            if any(entry.subject == subject for entry in entries[done:]):
                yield f"a message to {first.to}"
