"""What became of a case, as text: each path with old and new, and the entry behind it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.entry import Entry
from ledger.projections.times import to_text
from ledger.replaying import Change, HiddenAt, Step
from terminal.tables import printable
from terminal.texts import words


def step_lines(steps: Iterable[Step]) -> Iterator[str]:
    """Yield each entry with what it changed."""
    for step in steps:
        yield _entry(step.entry)
        yield from (f"    {_ends(change)}" for change in step.changes)


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """Yield each change with the entry that made it."""
    for change in changes:
        yield _ends(change)
        yield f"    {_entry(change.entry)}"
    yield f"changes: {len(changes):,}"


def steps_shown(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Return steps as plain values."""
    return [
        {**_place(step.entry), "changes": [_change(change) for change in step.changes]}
        for step in steps
    ]


def changes_shown(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return changes as plain values."""
    return [{**_change(change), "entry": _place(change.entry)} for change in changes]


def _ends(change: Change) -> str:
    old, new = _text(change.old), _text(change.new)
    return printable(f"{change.path}: {old} \N{RIGHTWARDS ARROW} {new}")


def _text(value: object) -> str:
    shown = _shown(value)
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    return "nothing" if shown is None else str(shown)


def _shown(value: object) -> object:
    return value.why.name.lower() if isinstance(value, HiddenAt) else value


def _change(change: Change) -> dict[str, Any]:
    return {"path": change.path, "old": _shown(change.old), "new": _shown(change.new)}


def _entry(entry: Entry) -> str:
    return (
        f"{entry.version}. {words(entry.name)}, by {entry.actor.role},"
        f" recorded {to_text(entry.recorded_at)}, position {entry.position:,}"
    )


def _place(entry: Entry) -> dict[str, Any]:
    return {
        "version": entry.version,
        "position": entry.position,
        "event": entry.name,
        "effective_at": to_text(entry.effective_at),
        "recorded_at": to_text(entry.recorded_at),
        "role": str(entry.actor.role),
    }
