"""What is still going on about a person between regions, which an erasure would cut off."""

from collections.abc import Iterator
from pathlib import Path

from ledger.application import Ledger
from ledger.handover.handover import fold_handover
from ledger.handover_events import HandoverEvent
from ledger.holding import streams_of
from ledger.message_events import MessageSent, acknowledged_id
from ledger.streams import last_version
from ledger.subject_events import subject_id


def unfinished(ledger: Ledger, folder: Path, subject: str) -> Iterator[str]:
    """Yield a name for each hand-over that is not over, and each message on its way.

    Raises `ViewBehind` where the view in `folder` does not know of all of them yet.
    """
    restricted = ledger.entries(subject_id(subject), opened=False)
    since = restricted[-1].position if restricted else 0
    for stream in streams_of(folder, subject, since=since):
        entries = ledger.entries(stream, opened=False)
        first = entries[0].event if entries else None
        if isinstance(first, HandoverEvent):
            handover = fold_handover(entries)
            if handover is not None and not handover.is_over:
                yield handover.receipt or f"hand-over {stream}"
        elif isinstance(first, MessageSent):
            done = last_version(ledger, acknowledged_id(first.to))
            if any(entry.subject == subject for entry in entries[done:]):
                yield f"a message to {first.to}"
