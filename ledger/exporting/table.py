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
COLUMNS = (
    "case", "register", "number", "status", "version", "position", "event", "counts",
    "effective_at", "recorded_at", "source_recorded_at", "role", "actor", "principal",
    "authority", "channel", "legal_basis", "item", "item_version", "subject", "fields",
)  # fmt: skip

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_table(cases: Iterable[ToldCase]) -> Iterator[bytes]:
    """Yield the file, a case at a time."""
    yield _lines([COLUMNS])
    for case in cases:
        yield _lines(_row(case, entry) for entry in case.entries)


def _row(case: ToldCase, entry: Entry) -> Iterator[str]:
    source = entry.source_recorded_at
    values = (
        str(entry.stream),
        case.register,
        case.number,
        case.status,
        entry.version,
        entry.position,
        entry.name,
        "yes" if case.counts(entry) else "no",
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
    return map(_cell, values)


def _cell(value: str | int | None) -> str:
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
