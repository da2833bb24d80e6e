"""The timeline: one row an entry of a case, with everything that is not personal."""

from collections.abc import Sequence

import msgspec
from sqlite_utils import Database

from ledger.codec import clear_fields
from ledger.entry import Entry
from ledger.projections.folds import CASE_KINDS, Folds
from ledger.projections.times import to_text


class Timeline:
    """Rows `timeline`, by case and version."""

    name = "timeline"
    version = 1
    tables = ("timeline",)
    personal = False

    def create(self, db: Database) -> None:
        """Create the table."""
        db.table("timeline").create(
            {
                "id": str,
                "version": int,
                "position": int,
                "event": str,
                "role": str,
                "actor": str,
                "principal": str,
                "channel": str,
                "legal_basis": str,
                "effective_at": str,
                "recorded_at": str,
                "source_recorded_at": str,
                "details": str,
            },
            pk=("id", "version"),
        )

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write a row for every entry about a case."""
        del folds
        db.conn.executemany(
            "INSERT INTO timeline VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(entry) for entry in entries if type(entry.event) in CASE_KINDS],
        )


def _row(entry: Entry) -> tuple[object, ...]:
    source = entry.source_recorded_at
    return (
        entry.stream.hex,
        entry.version,
        entry.position,
        entry.name,
        str(entry.actor.role),
        entry.actor.id,
        entry.actor.principal,
        str(entry.actor.channel),
        entry.legal_basis,
        to_text(entry.effective_at),
        to_text(entry.recorded_at),
        None if source is None else to_text(source),
        msgspec.json.encode(clear_fields(entry.event)).decode(),
    )
