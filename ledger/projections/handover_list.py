"""Hand-overs as rows, our side of each, and the messages that went to and fro about them.

A row keeps the state it was made of, so that the next entry goes on from there.
Nothing personal is in it.
"""

from collections.abc import Sequence
from typing import Any, get_args

import msgspec
from sqlite_utils import Database

from ledger.entry import Entry
from ledger.handover.handover import Handover, evolve_handover
from ledger.handover_events import HandoverEvent
from ledger.message_events import MessageAcknowledged, MessageReceived, MessageSent
from ledger.projections.folds import Folds
from ledger.projections.times import to_text

_TEXTS = (
    "about", "mode", "region", "authority", "item", "subject", "status", "receipt",
    "begun_at", "changed_at",
)  # fmt: skip
_SHOWN = f"id, {', '.join(_TEXTS)}, version"
_WRITE = f"INSERT OR REPLACE INTO handovers VALUES ({', '.join('?' * (len(_TEXTS) + 3))})"
_MESSAGE = "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_ACKNOWLEDGED = """
    UPDATE messages SET acknowledged = ?
    WHERE region = ? AND direction = 'sent' AND sequence = ?
"""
_PAGE = f"SELECT {_SHOWN} FROM handovers WHERE {{narrowed}} ORDER BY id LIMIT :limit"
_NARROWING = ("subject", "authority", "status")
_ABOUT = """
    SELECT region, direction, sequence, kind, position, acknowledged, refused FROM messages
    WHERE about = ? AND region = ? ORDER BY position
"""
_KINDS = frozenset(get_args(HandoverEvent))


class HandoverList:
    """Rows `handovers`, by id, and `messages`, by region, direction and sequence.

    `acknowledged` is the position of a message in the other region's log.
    """

    name = "handovers"
    version = 2
    tables = ("handovers", "messages")
    personal = False

    def create(self, db: Database) -> None:
        """Create both tables, and what finds the rows of a person, an office, a case."""
        table = db.table("handovers")
        table.create(
            {"id": str, **dict.fromkeys(_TEXTS, str), "version": int, "state": str}, pk="id"
        )
        for narrowing in ("subject", "authority", "status"):
            table.create_index([narrowing, "id"])
        messages = db.table("messages")
        messages.create(
            {
                "region": str,
                "direction": str,
                "sequence": int,
                "kind": str,
                "about": str,
                "position": int,
                "acknowledged": int,
                "refused": int,
            },
            pk=("region", "direction", "sequence"),
        )
        messages.create_index(["about"])

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write the row of each hand-over that `entries` touched, and each message."""
        del folds
        for entry in entries:
            event = entry.event
            if type(event) in _KINDS:
                _write(db, entry)
            elif isinstance(event, MessageSent):
                row = (event.to, "sent", event.sequence, event.kind, event.about.hex)
                db.conn.execute(_MESSAGE, (*row, entry.position, None, 0))
            elif isinstance(event, MessageReceived):
                row = (event.sender, "received", event.sequence, event.kind, event.about.hex)
                db.conn.execute(_MESSAGE, (*row, entry.position, None, int(event.refused)))
            elif isinstance(event, MessageAcknowledged):
                db.conn.execute(_ACKNOWLEDGED, (event.position, event.by, event.sequence))

    @staticmethod
    def page(db: Database, **which: object) -> list[dict[str, Any]]:
        """Return the hand-overs that `which` names, by id."""
        named = [name for name in _NARROWING if which[name] is not None]
        # Only what narrows stands in the question, so that an index answers it.
        narrowed = " AND ".join(["id > :after", *(f"{name} = :{name}" for name in named)])
        return list(db.query(_PAGE.format(narrowed=narrowed), which))

    @staticmethod
    def messages(db: Database, about: str, region: str) -> list[dict[str, Any]]:
        """Return the messages to and from `region` about one of them, in our log's order."""
        return list(db.query(_ABOUT, (about, region)))


def _write(db: Database, entry: Entry) -> None:
    found = db.execute("SELECT state FROM handovers WHERE id = ?", (entry.stream.hex,))
    row = found.fetchone()
    before = None if row is None else msgspec.json.decode(row[0], type=Handover)
    after = evolve_handover(before, entry)
    db.conn.execute(
        _WRITE,
        (
            after.id.hex,
            after.about.hex,
            after.mode,
            after.region,
            after.authority,
            after.item,
            after.subject,
            after.status,
            after.receipt,
            to_text(after.begun_at),
            to_text(after.changed_at),
            after.version,
            msgspec.json.encode(after, order="deterministic").decode(),
        ),
    )
