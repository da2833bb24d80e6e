"""Restoring a backup into a home of its own: everything is proven before it is one.

It is put together beside its place, opened there, read from the first entry to
the last and held against what was signed; then what was decided about persons
since is repeated. Only then does the home appear, whole. A log or keys that
servers share are brought into their databases last.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.application import Ledger
from ledger.audit import audit
from ledger.erasure import Eraser
from ledger.errors import LedgerError
from ledger.finding import Watch
from ledger.home import Home
from ledger.keeping.copying import copy_file, files_in
from ledger.keeping.errors import BackupRefused, told
from ledger.keeping.folders import appearing
from ledger.keeping.manifest import (
    FILES,
    KEYS_PART,
    LOG_PART,
    MANIFEST,
    Kept,
    KeptFile,
    Manifest,
)
from ledger.keeping.repeating import Repeated, repeat
from ledger.keeping.sharing import Shared, bring, check_empty
from ledger.log_keys import check_log_key
from ledger.opening import all_views
from ledger.standing_list import Listed
from ledger.stores import MaterialStore

Opening = Callable[[Home], Ledger]
"""Opens the ledger of a home that shares nothing."""
NOTHING = Shared()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was brought back, and what was repeated of what was decided since."""

    manifest: Manifest
    keys: Manifest
    repeated: Repeated


def restore(
    folder: Path,
    keys: Path,
    into: Path,
    *,
    opening: Opening,
    random: Callable[[int], bytes],
    listed: Sequence[Listed] = (),
    shared: Shared = NOTHING,
    watch: Watch = lambda *_: None,
) -> Restored:
    """Make the home `into` of the backup in `folder` and its `keys`, or nothing at all.

    Of the persons in `listed`, what was recorded after the backup is repeated.
    Raises `BackupRefused` where anything is not as it was signed, or `into` or what
    is shared is not empty.
    """
    kept_log, kept_keys = Kept.read(folder, LOG_PART), Kept.read(keys, KEYS_PART)
    _check_matching(kept_log.manifest, kept_keys.manifest)
    with told("the home cannot be made"), appearing(into) as home_folder:
        check_empty(shared)
        put(kept_log, home_folder, watch)
        put(kept_keys, home_folder / "keys", watch)
        repeated = proven(kept_log, kept_keys, home_folder, opening, random, listed, watch)
        bring(home_folder, shared, watch)
    return Restored(manifest=kept_log.manifest, keys=kept_keys.manifest, repeated=repeated)


def proven(
    kept_log: Kept,
    kept_keys: Kept,
    folder: Path,
    opening: Opening,
    random: Callable[[int], bytes],
    listed: Sequence[Listed],
    watch: Watch,
) -> Repeated:
    """Look at all of the home in `folder` before it is relied on; repeat what is `listed`."""
    home, manifest = Home(folder, random), kept_log.manifest
    with _holding(), closing(opening(home)) as ledger:
        for each in (kept_log, kept_keys):
            each.check_signed(ledger.published.keys)
        edge = ledger.recorder.frontier()
        if (edge.size, edge.root) != (manifest.position, manifest.root):
            raise BackupRefused("the log in the backup is not the one that was signed")
        check_log_key(home, ledger)
        found = audit(ledger, home.views, all_views(ledger), watch)
        if found.wrong:
            first = found.wrong[0]
            raise BackupRefused(f"position {first.position}: {first.problem}")
        ledger.published.catch_up()
        materials = MaterialStore(home.materials, ledger.keys, random)
        eraser = Eraser(ledger, materials, home.views, all_views(ledger))
        since = [each for each in listed if each.position > manifest.position]
        repeated = repeat(ledger, eraser, since)
        ledger.published.catch_up()
        return repeated


def put(kept: Kept, folder: Path, watch: Watch) -> None:
    """Copy every file of a part into `folder`, unless one is not as it was kept."""
    there = {path for path, _ in files_in(kept.folder, lambda _: False)}
    strangers = there - {file.path for file in kept.manifest.files} - {MANIFEST, FILES}
    if strangers:
        raise BackupRefused(f"{min(strangers)[:80]} is in the backup and in no list of it")
    total = len(kept.manifest.files)
    for number, file in enumerate(kept.manifest.files, start=1):
        _put(kept.folder / file.path, folder / file.path, file)
        watch(kept.manifest.part, number, total)


def _put(source: Path, target: Path, file: KeptFile) -> None:
    try:
        copied = copy_file(source, target, file.path)
    except FileNotFoundError as error:
        raise BackupRefused(f"{file.path} is missing from the backup") from error
    if copied.digest != file.digest:
        raise BackupRefused(f"{file.path} is not what was kept: its digest is another")
    os.utime(target, ns=(file.made, file.made))


def _check_matching(log: Manifest, keys: Manifest) -> None:
    if log.origin != keys.origin:
        raise BackupRefused(f"the keys are of {keys.origin}, and the log is {log.origin}")
    if keys.position < log.position:
        raise BackupRefused(
            f"the keys were kept at position {keys.position:,}, before the log at"
            f" {log.position:,}: persons seen since could not be read; take the keys that were"
            " kept with it, or later ones"
        )


@contextmanager
def _holding() -> Iterator[None]:
    """Tell what the ledger says of a home that is not sound as what is wrong with a backup."""
    try:
        yield
    except BackupRefused:
        raise
    except LedgerError as error:
        raise BackupRefused(f"the backup does not hold: {error}") from error
