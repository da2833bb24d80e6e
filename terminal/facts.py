"""An imported case as text: what its source told, in the order it occurred.

A fact that a later delivery took back stays to be read, and says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from operator import itemgetter
from typing import Any

from ledger.entry import Entry
from ledger.history import History
from ledger.history_events import FactRecorded, FactSuperseded
from ledger.personal import Hidden
from terminal.tables import table
from terminal.texts import details, time

_TITLES = ("OCCURRED", "RECORDED BY SOURCE", "ACTIVITY \N{RIGHTWARDS ARROW} FACT", "")


def history_lines(
    history: History, status: str, entries: Sequence[Entry], *, hidden: Hidden | None
) -> Iterator[str]:
    """Yield the lines that tell `history`, from the entries that made it so."""
    facts = [(entry, entry.event) for entry in entries if isinstance(entry.event, FactRecorded)]
    deliveries = {event.delivery: entry for entry, event in reversed(facts)}
    later = {e.event.version: e.event for e in entries if isinstance(e.event, FactSuperseded)}
    yield f"{history.register}/{history.number}  {status}"
    yield f"  facts that count: {len(history.facts)}; superseded: {len(later)}"
    for number, entry in sorted(deliveries.items(), key=itemgetter(0)):
        yield f"  delivery {number} was recorded here at {time(entry.recorded_at, UTC)}"
    yield "  times are in UTC; attributes are personal, and open with --personal"
    yield ""
    if hidden is not Hidden.SEALED:
        yield from _attributes(entries[0], hidden)
    facts.sort(key=lambda fact: (fact[0].effective_at, fact[0].version))
    titles, *rows = table(_TITLES, [_row(entry, event, later) for entry, event in facts])
    yield titles
    for row, (entry, _) in zip(rows, facts, strict=True):
        yield row
        if hidden is not Hidden.SEALED:
            yield from _attributes(entry, hidden)


def _row(
    entry: Entry, fact: FactRecorded, later: Mapping[int, FactSuperseded]
) -> tuple[str, ...]:
    source = entry.source_recorded_at
    activity = fact.activity if fact.answer is None else f"{fact.activity} = {fact.answer}"
    meaning = "" if fact.fact is None else f" \N{RIGHTWARDS ARROW} {fact.fact}"
    superseded = later.get(entry.version)
    return (
        time(entry.effective_at, UTC),
        "not known" if source is None else time(source, UTC),
        f"{activity}{meaning}",
        "" if superseded is None else f"superseded by delivery {superseded.delivery}",
    )


def _attributes(entry: Entry, hidden: Hidden | None) -> Iterator[str]:
    attributes = dict(details(entry.event, hidden=hidden))["attributes"]
    if isinstance(attributes, str):
        yield f"    attributes: {attributes}"
    else:
        yield from (f"    {_attribute(each)}" for each in attributes)


def _attribute(attribute: Sequence[Any]) -> str:
    key, _, value, children = attribute
    inside = "; ".join(map(_attribute, children))
    return f"{key} = {value} ({inside})" if inside else f"{key} = {value}"
