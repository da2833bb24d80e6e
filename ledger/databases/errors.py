"""What goes wrong in a database, as the library names it and as the ledger does."""

from eventsourcing.persistence import OperationalError, PersistenceError

from ledger.errors import LogDamaged, Unavailable


class CannotReach(OperationalError, Unavailable):
    """The database is full, busy, read-only or away; nothing is known to be lost."""


class CannotRead(PersistenceError, LogDamaged):
    """The database is not what was written, or no database at all."""
