"""Keeping a home: backups beside a running service, restoring them, and drills of that."""

from ledger.keeping.backup import Source, back_up
from ledger.keeping.drill import Compared, Drilled, drill
from ledger.keeping.errors import BackupRefused
from ledger.keeping.manifest import Manifest
from ledger.keeping.restore import Restored, restore
from ledger.keeping.sharing import Shared
from ledger.standing_list import Listed, StandingList, listed_in, read_listed

__all__ = [
    "BackupRefused",
    "Compared",
    "Drilled",
    "Listed",
    "Manifest",
    "Restored",
    "Shared",
    "Source",
    "StandingList",
    "back_up",
    "drill",
    "listed_in",
    "read_listed",
    "restore",
]
