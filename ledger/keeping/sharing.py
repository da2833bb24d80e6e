"""Bringing what servers share to where they share it: a log, keys, a folder of materials.

Only into what is empty, and the log last: once it is there, everything it needs is.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ledger.databases import has_begun, open_database
from ledger.finding import Watch
from ledger.keeping.backup import LOG_FILE, MATERIALS, SUBJECTS
from ledger.keeping.copying import copy_file, copy_keys, copy_log, files_in
from ledger.keeping.errors import BackupRefused
from ledger.stores import FileKeyTable, SharedKeyTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What several servers share, and is to be brought back there: two URIs and a folder."""

    database: str | None = None
    keys: str | None = None
    materials: Path | None = None


def check_empty(shared: Shared) -> None:
    """Raise `BackupRefused` where something is there already."""
    if shared.database is not None and has_begun(shared.database):
        raise BackupRefused("the database that TONGBAN_DATABASE names holds a log already")
    if shared.keys is not None:
        with closing(SharedKeyTable(shared.keys)) as table:
            if table.mark() is not None:
                raise BackupRefused("the database that TONGBAN_KEYS names holds keys already")
    if shared.materials is not None and any(files_in(shared.materials, lambda _: False)):
        raise BackupRefused("the folder that TONGBAN_MATERIALS names is not empty")


def bring(folder: Path, shared: Shared, watch: Watch) -> None:
    """Bring into what is `shared` what lies in the home `folder`, where it then is no more."""
    if shared.materials is not None:
        for path, file in files_in(folder / MATERIALS, lambda _: False):
            copy_file(file, shared.materials / path, path)
            file.unlink()
    if shared.keys is not None:
        old = FileKeyTable(folder / "keys" / SUBJECTS)
        with closing(old), closing(SharedKeyTable(shared.keys)) as new:
            copy_keys(old, new, watch)
        (folder / "keys" / SUBJECTS).unlink()
    if shared.database is not None:
        log = folder / LOG_FILE
        with (
            closing(open_database(str(log))) as kept,
            closing(open_database(shared.database)) as database,
        ):
            copy_log(kept, database, watch)
        log.unlink()
