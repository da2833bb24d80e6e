"""A binding as its entries leave it: consented, then linked or refused, then unlinked."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from ledger.binding_events import (
    BindingConsented,
    BindingLinked,
    BindingRefused,
    BindingUnlinked,
)
from ledger.entry import Entry
from ledger.personal import Hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One agreement to bind a permit, and what came of it; `status` is the last of these."""

    id: UUID
    status: str
    wording: int
    language: str
    consented_at: datetime
    permit: str | Hidden = field(repr=False)
    reason: str | None = None
    method: str | None = None
    assurance: int = 0
    source_as_of: datetime | None = None
    linked_at: datetime | None = None
    ended_at: datetime | None = None


def fold_bindings(entries: Iterable[Entry]) -> list[Binding]:
    """Return the bindings of one account in the order they were agreed to."""
    found: dict[UUID, Binding] = {}
    for entry in entries:
        match entry.event:
            case BindingConsented() as event:
                found[event.binding] = Binding(
                    id=event.binding,
                    status="consented",
                    wording=event.wording,
                    language=event.language,
                    consented_at=entry.recorded_at,
                    permit=event.permit,
                )
            case BindingLinked() as event:
                found[event.binding] = replace(
                    found[event.binding],
                    status="linked",
                    method=event.method,
                    assurance=event.assurance,
                    source_as_of=event.source_as_of,
                    linked_at=entry.recorded_at,
                )
            case BindingRefused() as event:
                found[event.binding] = replace(
                    found[event.binding], status="refused", reason=event.reason
                )
            case BindingUnlinked() as event:
                found[event.binding] = replace(
                    found[event.binding], status="unlinked", ended_at=entry.recorded_at
                )
    return list(found.values())
