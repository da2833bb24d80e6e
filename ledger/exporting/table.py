"""CSV (RFC 4180) in UTF-8: one row an entry, for whoever opens it in a spreadsheet.

It is for looking into what was recorded, so entries stand in it too that count no
more; the column `counts` says which. A spreadsheet takes a cell that begins like a
formula for one and runs it: such a cell is told with an apostrophe before it.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from ledger.entry import Entry
from ledger.exporting.fields import as_json, told_fields
from ledger.exporting.selecting import ToldCase
from ledger.projections.times import to_text

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
OF_CASE = ("register", "number", "status", "counts")
OF_ENTRY = (
    "case", "version", "position", "event", "effective_at", "recorded_at",
    "source_recorded_at", "role", "actor", "principal", "authority", "channel", "legal_basis",
    "item", "item_version", "subject", "fields",
)  # fmt: skip
"""What `case` names is another record where an entry is of none."""

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_table(cases: Iterable[ToldCase]) -> Iterator[bytes]:
    """Yield the file, a case at a time."""
    yield _lines([(*OF_CASE, *OF_ENTRY)])
    for case in cases:
        yield _lines(map(_cell, (*_of(case, each), *_told(each))) for each in case.entries)


def write_entries(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the same of entries alone, of whichever record."""
    yield _lines([OF_ENTRY])
    yield _lines(map(_cell, _told(each)) for each in entries)


def _of(case: ToldCase, entry: Entry) -> tuple[str | None, ...]:
    return case.register, case.number, case.status, "yes" if case.counts(entry) else "no"


def _told(entry: Entry) -> tuple[str | int | None, ...]:
    source = entry.source_recorded_at
    return (
        str(entry.stream),
        entry.version,
        entry.position,
        entry.name,
        to_text(entry.effective_at),
        to_text(entry.recorded_at),
        None if source is None else to_text(source),
        str(entry.actor.role),
        entry.actor.id,
        entry.actor.principal,
        entry.actor.authority,
        str(entry.actor.channel),
        entry.legal_basis,
        entry.item,
        entry.item_version,
        entry.subject,
        as_json(told_fields(entry.event)),
    )


def _cell(value: str | int | None) -> str:
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
