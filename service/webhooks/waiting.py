"""What is on its way to subscribers, in a file of its own that survives a restart.

It may be lost: it is made again from what the log says was reached, and then something
arrives twice. A row is only taken out once its entry arrived, or was given up in the log.
"""

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

_TABLES = """
    CREATE TABLE IF NOT EXISTS read_up_to (
        subscription TEXT PRIMARY KEY, position INTEGER, digest BLOB
    );
    CREATE TABLE IF NOT EXISTS waiting (
        subscription TEXT, position INTEGER, case_id TEXT, tries INTEGER, since TEXT,
        reason TEXT, PRIMARY KEY (subscription, position)
    ) WITHOUT ROWID;
"""

_ROW = "waiting VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(slots=True, kw_only=True)
class Letter:
    """An entry that one subscriber is still to be sent."""

    position: int
    case: UUID
    since: datetime
    tries: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Scanned:
    """A position up to which the log was read, and the digest of the entry there.

    Where the log has another entry there, it was put back since.
    """

    position: int
    digest: bytes


class Waiting:
    """The letters of all subscriptions; for any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._db = _opened(path)
        except sqlite3.DatabaseError:
            # Not a database any more: what it held follows from the log.
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._db = _opened(path)

    def scanned(self, subscription: UUID) -> Scanned | None:
        """Return up to where the log was read for a subscription, if it ever was."""
        sql = "SELECT position, digest FROM read_up_to WHERE subscription = ?"
        with self._lock:
            row = self._db.execute(sql, (subscription.hex,)).fetchone()
        return None if row is None else Scanned(*row)

    def letters(self, subscription: UUID) -> list[Letter]:
        """Return what waits, in the order of the log."""
        sql = (
            "SELECT position, case_id, tries, since, reason FROM waiting"
            " WHERE subscription = ? ORDER BY position"
        )
        with self._lock:
            rows = self._db.execute(sql, (subscription.hex,)).fetchall()
        return [
            Letter(
                position=position,
                case=UUID(hex=case),
                tries=tries,
                since=datetime.fromisoformat(since),
                reason=reason,
            )
            for position, case, tries, since, reason in rows
        ]

    def put(self, subscription: UUID, letters: Iterable[Letter], scanned: Scanned) -> None:
        """Add `letters`, and say up to where the log was read, both or neither."""
        rows = [_row(subscription, each) for each in letters]
        reached = (subscription.hex, scanned.position, scanned.digest)
        with self._lock, self._db:
            self._db.executemany(f"INSERT OR IGNORE INTO {_ROW}", rows)
            self._db.execute("INSERT OR REPLACE INTO read_up_to VALUES (?, ?, ?)", reached)

    def tried(self, subscription: UUID, letter: Letter) -> None:
        """Keep how often a letter was tried."""
        with self._lock, self._db:
            self._db.execute(f"INSERT OR REPLACE INTO {_ROW}", _row(subscription, letter))

    def done(self, subscription: UUID, position: int) -> None:
        """Take out a letter that arrived, or was given up."""
        sql = "DELETE FROM waiting WHERE subscription = ? AND position = ?"
        with self._lock, self._db:
            self._db.execute(sql, (subscription.hex, position))

    def forget(self, subscription: UUID) -> None:
        """Take out everything of a subscription."""
        with self._lock, self._db:
            for table in ("waiting", "read_up_to"):
                sql = f"DELETE FROM {table} WHERE subscription = ?"
                self._db.execute(sql, (subscription.hex,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.executescript(_TABLES)
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db


def _row(subscription: UUID, letter: Letter) -> tuple[object, ...]:
    return (
        subscription.hex,
        letter.position,
        letter.case.hex,
        letter.tries,
        letter.since.isoformat(),
        letter.reason,
    )
