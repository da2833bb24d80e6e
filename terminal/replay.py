"""A case as it stood: what it is, and everything that made it so.

A personal field shows as what it is hidden, opened only where it was asked for:
what a terminal shows ends up in logs.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ledger.application import Book
from ledger.case import Case
from ledger.entry import Entry
from ledger.personal import Hidden
from ledger.projections.folds import State
from ledger.projections.times import to_text
from terminal.facts import history_lines
from terminal.tables import printable
from terminal.texts import details, text, time, who, words


def as_text(
    state: State, status: str, entries: Sequence[Entry], book: Book, *, hidden: Hidden | None
) -> Iterator[str]:
    """Yield the lines that tell the case to a person."""
    if isinstance(state, Case):
        lines = _case_lines(state, entries, book, hidden=hidden)
    else:
        lines = history_lines(state, status, entries, hidden=hidden)
    return map(printable, lines)


def as_json(
    state: State, status: str, entries: Sequence[Entry], *, hidden: Hidden | None
) -> dict[str, Any]:
    """Return the case as plain values, its timeline in the order of the log, times in UTC."""
    if isinstance(state, Case):
        register, number, superseded = None, state.receipt, frozenset[int]()
    else:
        register, number, superseded = state.register, state.number, state.superseded
    return {
        "id": str(state.id),
        "register": register,
        "number": number,
        "status": status,
        "version": state.version,
        "timeline": [
            _plain(entry, hidden=hidden) | {"superseded": entry.version in superseded}
            for entry in entries
        ],
    }


def _case_lines(
    case: Case, entries: Sequence[Entry], book: Book, *, hidden: Hidden | None
) -> Iterator[str]:
    item = book.catalogue.item(case.item, case.item_version)
    authority = book.catalogue.authority(item.authority)
    zone = book.calendars[authority.calendar].zone
    yield f"{case.receipt or case.id}  {case.status}"
    yield f"  {item.names.en} ({item.id}, version {item.version})"
    yield f"  decided by {authority.names.en}; times are in {zone}"
    for duty, deadline in case.duties.items():
        yield f"  {duty} due {text(deadline, zone)}"
    for entry in entries:
        recorded, effective = time(entry.recorded_at, zone), time(entry.effective_at, zone)
        yield ""
        yield f"{recorded}  {words(entry.name)}"
        yield f"    {who(entry)}"
        if effective != recorded:
            yield f"    in effect from {effective}"
        if entry.legal_basis is not None:
            yield f"    under {entry.legal_basis}"
        for name, value in details(entry.event, hidden=hidden):
            yield f"    {name.replace('_', ' ')}: {text(value, zone)}"


def _plain(entry: Entry, *, hidden: Hidden | None) -> dict[str, Any]:
    source = entry.source_recorded_at
    plain: dict[str, Any] = msgspec.to_builtins(
        {
            "position": entry.position,
            "version": entry.version,
            "event": entry.name,
            "effective_at": to_text(entry.effective_at),
            "recorded_at": to_text(entry.recorded_at),
            "source_recorded_at": None if source is None else to_text(source),
            "actor": entry.actor,
            "legal_basis": entry.legal_basis,
            "details": dict(details(entry.event, hidden=hidden)),
        }
    )
    return plain
