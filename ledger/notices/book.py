"""What is still to be told, and what was: one SQLite file, with the position in the log.

Position and what follows from it are committed together, so that a restart neither
forgets a notice nor owes it twice. Nothing personal is in it: where somebody is
told is looked up when they are, and never kept here.
"""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import RLock
from uuid import UUID

from ledger.errors import HomeUnusable, Unavailable
from ledger.notices.owed import Owed
from ledger.projections.times import to_text

KEPT = timedelta(days=400)
"""How long it is known that something was told; no day to act lies further ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A notice that waits, and how often it was tried."""

    owed: Owed
    tries: int


class NoticeBook:
    """The book of one home."""

    def __init__(self, path: Path) -> None:
        """Open or make it; raises `HomeUnusable` where it cannot be relied on."""
        self._lock = RLock()
        try:
            self._db = sqlite3.connect(path, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise HomeUnusable(f"{path.name} cannot be used: {error}") from error

    def begin(self, head: int) -> int:
        """Return how far the log was read; a new book begins at its `head`.

        A book that is ahead of its log is of one that was restored since, and forgets
        what the log does not know any more.
        """
        with self._usable() as db:
            db.execute("INSERT INTO reached VALUES (1, ?) ON CONFLICT DO NOTHING", (head,))
            db.execute("DELETE FROM notices WHERE position > ?", (head,))
            db.execute("UPDATE reached SET position = min(position, ?)", (head,))
            [position] = db.execute("SELECT position FROM reached").fetchone()
        return int(position)

    def add(
        self,
        owed: Sequence[Owed],
        at: datetime,
        *,
        position: int | None = None,
        asking: Collection[str] = (),
    ) -> None:
        """Note what is `owed`, once, and with it how far the log was read.

        Whoever is `asking` to be told hears of what ends soon, though they did not want
        it when it was noted.
        """
        rows = [
            (
                each.id.hex,
                each.kind,
                each.case_id.hex,
                each.subject,
                each.position,
                None if each.until is None else each.until.isoformat(),
                each.owed,
                to_text(at),
                to_text(at),
            )
            for each in owed
        ]
        with self._usable() as db:
            db.executemany(_ADD, rows)
            db.executemany(_AGAIN, [(to_text(at), who, to_text(at)) for who in asking])
            if position is not None:
                db.execute("UPDATE reached SET position = ?", (position,))

    def due(self, at: datetime, most: int) -> list[Waiting]:
        """Return what is to be tried now, in the order in which it came about."""
        with self._usable() as db:
            rows = db.execute(_DUE, (to_text(at), most)).fetchall()
        return [
            Waiting(
                owed=Owed(
                    id=UUID(hex=id),
                    kind=kind,
                    case_id=UUID(hex=case),
                    subject=subject,
                    position=position,
                    until=None if until is None else date.fromisoformat(until),
                    owed=owed,
                ),
                tries=tries,
            )
            for id, kind, case, subject, position, until, owed, tries in rows
        ]

    def settle(self, id: UUID, state: str, at: datetime) -> None:
        """Note for good what became of a notice: sent, unwanted or dead."""
        with self._usable() as db:
            db.execute(
                "UPDATE notices SET state = ?, changed_at = ? WHERE id = ?",
                (state, to_text(at), id.hex),
            )
            db.execute(
                "DELETE FROM notices WHERE state <> 'waiting' AND changed_at < ?",
                (to_text(at - KEPT),),
            )

    def postpone(self, id: UUID, until: datetime, *, tried: bool = True) -> None:
        """Let a notice wait until later."""
        with self._usable() as db:
            db.execute(
                "UPDATE notices SET next_at = ?, tries = tries + ? WHERE id = ?",
                (to_text(until), tried, id.hex),
            )

    def sent_since(self, subject: str, at: datetime) -> int:
        """Return how many notices this person was sent after `at`."""
        with self._usable() as db:
            [count] = db.execute(_SENT, (subject, to_text(at))).fetchone()
        return int(count)

    def counts(self) -> dict[str, int]:
        """Return how many notices wait, and how many nobody would take."""
        with self._usable() as db:
            found = dict(
                db.execute("SELECT state, count(*) FROM notices GROUP BY state").fetchall()
            )
        return {"waiting": found.get("waiting", 0), "dead": found.get("dead", 0)}

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _usable(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock, self._db:
                yield self._db
        except sqlite3.OperationalError as error:
            raise Unavailable(f"the book of notices cannot be used now: {error}") from error
        except sqlite3.Error as error:
            raise HomeUnusable(f"the book of notices cannot be used: {error}") from error


_SCHEMA = """
    CREATE TABLE IF NOT EXISTS reached (
        id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS notices (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        case_id TEXT NOT NULL,
        subject TEXT NOT NULL,
        position INTEGER NOT NULL,
        until TEXT,
        owed INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting',
        tries INTEGER NOT NULL DEFAULT 0,
        next_at TEXT NOT NULL,
        changed_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS notices_waiting ON notices (state, next_at);
    CREATE INDEX IF NOT EXISTS notices_of ON notices (subject, changed_at);
"""
_ADD = """
    INSERT INTO notices
    (id, kind, case_id, subject, position, until, owed, next_at, changed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
_AGAIN = """
    UPDATE notices SET state = 'waiting', next_at = ?
    WHERE subject = ? AND kind = 'due-soon' AND state = 'unwanted' AND until >= date(?)
"""
_DUE = """
    SELECT id, kind, case_id, subject, position, until, owed, tries FROM notices
    WHERE state = 'waiting' AND next_at <= ? ORDER BY position, id LIMIT ?
"""
_SENT = "SELECT count(*) FROM notices WHERE subject = ? AND state = 'sent' AND changed_at > ?"
