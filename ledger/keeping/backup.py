"""Making a backup beside a running service: one folder, and another for the keys.

What is copied later always suffices for what was copied before: first the signed
head, then the log, then the keys, then materials, of which each is there before
the entry that names it. The keys lie apart, so that who has only one of the two
reads nobody's data, and so that a copy of a destroyed key can be destroyed too.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.application import Ledger
from ledger.databases import open_database
from ledger.finding import Watch
from ledger.home import Home
from ledger.keeping.copying import (
    copy_again,
    copy_database,
    copy_file,
    copy_keys,
    copy_log,
    files_in,
    kept,
)
from ledger.keeping.errors import BackupRefused, told
from ledger.keeping.folders import appearing
from ledger.keeping.manifest import (
    KEYS_PART,
    LOG_PART,
    Kept,
    KeptFile,
    Manifest,
    by_path,
)
from ledger.log_keys import own_key
from ledger.once import OnceSeal
from ledger.recorder import LedgerRecorder
from ledger.stores import FileKeyTable, KeyTable, SharedKeyTable
from ledger.transparency import NoteRefused, TileNodes, open_checkpoint, root_at

LOG_FILE: Final = "ledger.sqlite"
CHECKPOINT: Final = "checkpoint"
SUBJECTS: Final = "subjects.sqlite"
MATERIALS: Final = "materials"
_OF_ITSELF = ("keys", MATERIALS, LOG_FILE, CHECKPOINT)
_MADE_ANEW = ("views", "simulators", "lock", "cosigned")
_ON_THEIR_WAY = ("orders",)
"""Keys that a running service is about to record, each taken away once it is."""
_SETTINGS = "tongban.toml"
"""It may hold passwords, which the part without keys is not to have."""
_NOT_SECRET = (SUBJECTS, "set.lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is backed up: a home, its opened ledger, and what it shares with others."""

    home: Home
    ledger: Ledger
    materials: Path
    keys: str | None = None


def back_up(
    source: Source,
    folder: Path,
    keys: Path,
    watch: Watch = lambda *_: None,
    *,
    base: Path | None = None,
) -> tuple[Manifest, Manifest]:
    """Copy the log and what belongs to it into `folder`, and all secrets into `keys`.

    Neither may be there before, nor lie in the other; both appear whole, or not.
    Materials that are in the earlier backup `base` are linked, not copied again.
    Raises `BackupRefused`, or another `LedgerError` for what passes.
    """
    _check_apart(folder, keys, source.home.folder)
    before = _before(base, source)
    with told("the backup cannot be written"), ExitStack() as stack:
        log_part = stack.enter_context(appearing(folder))
        keys_part = stack.enter_context(appearing(keys))
        files = [*_log(source, log_part, watch)]
        size, root = _tree(source, log_part)
        secret = [*_secrets(source, keys_part, watch)]
        files += _materials(source, log_part, base, before, watch)
        files += _others(source, log_part)
        signer, _ = own_key(source.home, source.ledger.published.keys.records)

        def manifest(part: str, files: Sequence[KeptFile]) -> Manifest:
            return Manifest(
                origin=source.ledger.published.keys.origin,
                part=part,
                position=size,
                root=root,
                made_at=source.ledger.now(),
                files=tuple(files),
            )

        made = manifest(LOG_PART, files), manifest(KEYS_PART, secret)
        made[0].write(log_part, signer)
        made[1].write(keys_part, signer)
    return made


def key_table(home: Home, shared: str | None) -> KeyTable:
    """Return where the wrapped keys of `home` lie."""
    return FileKeyTable(home.subject_keys()) if shared is None else SharedKeyTable(shared)


def _log(source: Source, folder: Path, watch: Watch) -> Iterator[KeptFile]:
    home = source.home
    if not home.checkpoint.exists():
        raise BackupRefused(
            "no signed head (checkpoint) is kept, so whether the log was cut off could not be"
            " told; start the service once, or see `tongban accept-head`"
        )
    yield copy_file(home.checkpoint, folder / CHECKPOINT, CHECKPOINT)
    copy = folder / LOG_FILE
    with closing(open_database(str(copy))) as target:
        copy_log(source.ledger.recorder.database, target, watch)


def _tree(source: Source, folder: Path) -> tuple[int, bytes]:
    """Return size and root of what was copied; it has to continue the head that was kept."""
    recorder = LedgerRecorder(open_database(str(folder / LOG_FILE)), OnceSeal(bytes(32)))
    with closing(recorder.database):
        edge = recorder.frontier()
        known = source.ledger.published.keys.note_keys()
        try:
            signed = open_checkpoint((folder / CHECKPOINT).read_bytes(), known).checkpoint
        except NoteRefused as error:
            raise BackupRefused(f"the head that is kept does not hold: {error}") from error
        nodes = TileNodes(edge.size, recorder.select_tile)
        if signed.size > edge.size or root_at(signed.size, nodes) != signed.root:
            raise BackupRefused(
                "the log does not continue the head it signed; look at `tongban verify`"
                " before anything is kept of it"
            )
        return edge.size, edge.root


def _secrets(source: Source, folder: Path, watch: Watch) -> Iterator[KeptFile]:
    copy = folder / SUBJECTS
    old = key_table(source.home, source.keys)
    with closing(old), closing(FileKeyTable(copy)) as new:
        copy_keys(old, new, watch)
    yield kept(copy, SUBJECTS)
    for path, file in files_in(source.home.keys, lambda path: path in _NOT_SECRET):
        yield copy_file(file, folder / path, path)


def _materials(
    source: Source, folder: Path, base: Path | None, before: dict[str, KeptFile], watch: Watch
) -> Iterator[KeptFile]:
    found = list(files_in(source.materials, lambda _: False))
    for number, (name, file) in enumerate(found, start=1):
        path = f"{MATERIALS}/{name}"
        # Its person may be erased at this moment.
        with suppress(FileNotFoundError):
            yield copy_again(file, folder / path, path, base, before)
        watch("materials", number, len(found))


def _others(source: Source, folder: Path) -> Iterator[KeptFile]:
    yield kept(folder / LOG_FILE, LOG_FILE)
    home = source.home.folder
    for path, file in files_in(home, _is_left_out):
        if path.endswith(".sqlite"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            copy_database(file, folder / path)
            yield kept(folder / path, path)
        else:
            # Whoever runs here may take it away at this moment.
            with suppress(FileNotFoundError):
                yield copy_file(file, folder / path, path)


def _is_left_out(path: str) -> bool:
    return path.partition("/")[0] in (
        *_OF_ITSELF,
        *_MADE_ANEW,
        *_ON_THEIR_WAY,
        _SETTINGS,
    )


def _before(base: Path | None, source: Source) -> dict[str, KeptFile]:
    if base is None:
        return {}
    earlier = Kept.read(base, LOG_PART)
    earlier.check_signed(source.ledger.published.keys)
    return by_path(earlier.manifest.files)


def _check_apart(folder: Path, keys: Path, home: Path) -> None:
    places = [each.resolve() for each in (folder, keys, home)]
    for place in places:
        if sum(other == place or place in other.parents for other in places) > 1:
            raise BackupRefused(
                "the backup, its keys and the home have to lie apart: name folders of which"
                " none is in another"
            )
