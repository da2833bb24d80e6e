"""What a backup is refused for; the service itself never meets it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from eventsourcing.persistence import PersistenceError

from ledger.errors import LedgerError


class BackupRefused(LedgerError):
    """A backup is not whole, not as it was made, or not of this log; nothing was changed."""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Tell what the disk or a database refuses in words of ours, after `what`."""
    try:
        yield
    except OSError as error:
        raise BackupRefused(f"{what}: {error.strerror}") from error
    except (PersistenceError, sqlite3.Error) as error:
        raise BackupRefused(f"{what}: {error.__cause__ or error}") from error
