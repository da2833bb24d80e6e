"""Streams as a job sees them: what is in the log, and what the draft is about to add."""

from uuid import UUID

from ledger.actor import Actor
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry, Event

_ONE = (
    "SELECT rowid, state FROM stored_events WHERE originator_id = ? AND originator_version = ?"
)


def last_version(ledger: Ledger, stream: UUID, draft: Draft | None = None) -> int:
    """Return the version of the newest entry of `stream`; 0 where there is none."""
    added = sum(entry.stream == stream for entry in _added(draft))
    return ledger.recorder.version_of(stream) + added


def next_entry(
    ledger: Ledger,
    draft: Draft,
    stream: UUID,
    event: Event,
    actor: Actor,
    *,
    subject: str | None = None,
    legal_basis: str | None = None,
) -> Entry:
    """Return `event` as the next entry of `stream`, in effect now; for a job to add."""
    version = last_version(ledger, stream, draft) + 1
    return entry_now(
        ledger, stream, version, event, actor, subject=subject, legal_basis=legal_basis
    )


def entry_now(
    ledger: Ledger,
    stream: UUID,
    version: int,
    event: Event,
    actor: Actor,
    *,
    subject: str | None = None,
    legal_basis: str | None = None,
) -> Entry:
    """Return `event` as that version of `stream`, in effect now, which may be taken already."""
    now = ledger.now()
    return Entry(
        stream=stream,
        version=version,
        event=event,
        recorded_at=now,
        effective_at=now,
        actor=actor,
        legal_basis=legal_basis,
        subject=subject,
    )


def entries_of(
    ledger: Ledger, stream: UUID, draft: Draft | None = None, *, opened: bool = False
) -> list[Entry]:
    """Return every entry of `stream`, personal fields sealed unless asked for."""
    added = [entry for entry in _added(draft) if entry.stream == stream]
    return [*ledger.entries(stream, opened=opened), *added]


def entry_at(
    ledger: Ledger, stream: UUID, version: int, draft: Draft | None = None
) -> Entry | None:
    """Return one entry of `stream`, sealed, or `None` if it has no such version."""
    for entry in _added(draft):
        if entry.stream == stream and entry.version == version:
            return entry
    for position, state in ledger.recorder.rows(_ONE, stream.hex, version):
        return ledger.codec.read_state(state, position, opened=False)
    return None


def _added(draft: Draft | None) -> list[Entry]:
    return [] if draft is None else draft.entries
