"""Doing again, in a log that was restored, what was decided about persons since.

Each is recorded anew, as of when it took effect, and then carried out as every
server does. It is recorded of strangers too: whoever was erased is never given
another key, also where the backup is from before we met them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.actor import SYSTEM
from ledger.application import Ledger
from ledger.entry import Entry
from ledger.erasure import Eraser
from ledger.errors import LedgerError
from ledger.standing_list import Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """How many were recorded again, and the persons of whom one is not carried out."""

    recorded: int
    left: tuple[str, ...]


def repeat(ledger: Ledger, eraser: Eraser, listed: Sequence[Listed]) -> Repeated:
    """Record what is `listed` after everything else, and carry it out.

    What cannot be carried out now is tried again at each start.
    """
    positions: dict[int, str] = {}
    for each in listed:
        [entry] = ledger.record([_entry(ledger, each)])
        positions[entry.position] = each.subject
    try:
        eraser.finish()
    except LedgerError:
        failed = {who for at, who in positions.items() if eraser.has_failed(at)}
        return Repeated(recorded=len(listed), left=tuple(sorted(failed)))
    return Repeated(recorded=len(listed), left=())


def _entry(ledger: Ledger, listed: Listed) -> Entry:
    return Entry(
        stream=listed.stream,
        version=len(ledger.entries(listed.stream, opened=False)) + 1,
        event=listed.recorded,
        recorded_at=ledger.now(),
        effective_at=listed.effective_at,
        actor=SYSTEM,
        legal_basis=listed.legal_basis,
        subject=listed.subject,
    )
