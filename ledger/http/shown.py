"""How cases and entries are shown to someone who may read them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ledger.case import Case
from ledger.codec import clear_fields, personal_fields
from ledger.counting import Counts
from ledger.entry import Entry
from ledger.history import History
from ledger.personal import Hidden
from ledger.projections.folds import State
from ledger.replaying import Change, HiddenAt, Step


def show_case(state: State, status: str) -> dict[str, Any]:
    """Return a case's state, without personal fields."""
    if isinstance(state, History):
        return _show_history(state, status)
    return _show_case(state)


def show_entry(entry: Entry, *, hidden: Hidden | None) -> dict[str, Any]:
    """Return an entry; its personal fields are told as `hidden`, if they are."""
    body = clear_fields(entry.event)
    for name in personal_fields(entry.event):
        value = getattr(entry.event, name)
        body[name] = _personal(value if hidden is None else hidden)
    return {
        "position": entry.position,
        "version": entry.version,
        "event": entry.name,
        "effective_at": entry.effective_at,
        "recorded_at": entry.recorded_at,
        "source_recorded_at": entry.source_recorded_at,
        "role": entry.actor.role,
        "actor": entry.actor.id,
        "principal": entry.actor.principal,
        "authority": entry.actor.authority,
        "channel": entry.actor.channel,
        "legal_basis": entry.legal_basis,
        "item": entry.item,
        "item_version": entry.item_version,
        "fields": body,
    }


def show_counts(counts: Counts) -> dict[str, Any]:
    """Return how many cases there are, and how many of them with each value."""
    return {"cases": counts.total, **counts.by}


def show_step(step: Step) -> dict[str, Any]:
    """Return an entry with what it changed."""
    changes = [{"path": c.path, **_ends(c)} for c in step.changes]
    return {**_show_place(step.entry), "changes": changes}


def show_change(change: Change) -> dict[str, Any]:
    """Return a change with the entry that made it."""
    return {"path": change.path, **_ends(change), "entry": _show_place(change.entry)}


def show_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case as a picture has it, by path."""
    return {path: _shown(value) for path, value in sorted(values.items())}


def _ends(change: Change) -> dict[str, Any]:
    return {"old": _shown(change.old), "new": _shown(change.new)}


def _shown(value: object) -> object:
    return _personal(value.why) if isinstance(value, HiddenAt) else value


def _show_place(entry: Entry) -> dict[str, Any]:
    return {
        "version": entry.version,
        "position": entry.position,
        "event": entry.name,
        "effective_at": entry.effective_at,
        "recorded_at": entry.recorded_at,
        "role": entry.actor.role,
    }


def _personal(value: object) -> object:
    return value.name.lower() if isinstance(value, Hidden) else value


def _show_case(case: Case) -> dict[str, Any]:
    shown = msgspec.structs.asdict(case)
    for name in ("submitted", "told", "committed"):
        shown[name] = sorted(getattr(case, name))
    shown["owed"] = sorted(case.owed)
    return shown


def _show_history(history: History, status: str) -> dict[str, Any]:
    times = [fact.occurred_at for fact in history.facts]
    return {
        "id": history.id,
        "register": history.register,
        "number": history.number,
        "status": status,
        "version": history.version,
        "events": len(times),
        "first": min(times, default=None),
        "last": max(times, default=None),
        "superseded": sorted(history.superseded),
    }
