"""The data folder: what lies where, and the one process that may write to it.

ledger.sqlite        the log, unless it is in a database that several servers share
checkpoint           its newest signed head
keys/                secrets of 32 bytes each, and subjects.sqlite: a backup
                     domain of its own, because erasure destroys keys
materials/           uploads, encrypted under their subject's key
views/               projections; any of them may be deleted at any time
certificates/        signed: of which entries a view is the fold
erasures             what was decided about persons; it has to outlast the log
lock                 held by the writing process
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp

from ledger.databases import has_begun
from ledger.errors import HomeUnusable
from ledger.locking import held

SECRET_SIZE = 32
LOST = (
    "the log is missing although its signed head (checkpoint) is kept; restore it from its"
    " backup, or let TONGBAN_DATABASE name the database it is in; nothing was begun"
)
SECRETS = (
    "master",
    "fingerprints",
    "pseudonyms",
    "sessions",
    "region",
    "region-box",
    "paper",
    "root",
    "log",
)
DESTROYED = bytes(SECRET_SIZE)


class Home:
    """A data folder; opening it creates what is missing, but never a lost key.

    `database` is the `postgresql://` URI of a log that several servers share.
    """

    def __init__(
        self, folder: Path, random: Callable[[int], bytes], database: str | None = None
    ) -> None:
        self.folder = folder
        self.database = str(self.log) if database is None else database
        self._random = random
        self._has_begun = False
        try:
            if not self.has_begun() and self.checkpoint.exists():
                raise HomeUnusable(LOST)
            for part in (folder, self.materials, self.views):
                part.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self.has_begun():
                self.keys.mkdir(exist_ok=True, mode=0o700)
                self._make_secrets()
        except OSError as error:
            raise HomeUnusable(f"{folder} cannot be used: {error.strerror}") from error

    def has_begun(self) -> bool:
        """Tell whether there is a log already, which needs the keys it was made with."""
        self._has_begun = self._has_begun or has_begun(self.database)
        return self._has_begun

    @property
    def log(self) -> Path:
        """The database file of the log."""
        return self.folder / "ledger.sqlite"

    @property
    def checkpoint(self) -> Path:
        """The file of the log's newest signed head."""
        return self.folder / "checkpoint"

    @property
    def keys(self) -> Path:
        """The folder of secrets and subject keys."""
        return self.folder / "keys"

    @property
    def materials(self) -> Path:
        """The folder of encrypted uploads."""
        return self.folder / "materials"

    @property
    def views(self) -> Path:
        """The folder of projections."""
        return self.folder / "views"

    @property
    def certificates(self) -> Path:
        """The folder of the views' certificates."""
        return self.folder / "certificates"

    @property
    def erasures(self) -> Path:
        """The list of what was decided about persons, unless it is kept elsewhere."""
        return self.folder / "erasures"

    @property
    def made_at(self) -> datetime:
        """When the home's secrets were made, which is when its keys begin to be valid."""
        made = self._key_file("master").stat().st_mtime
        return datetime.fromtimestamp(int(made), UTC)

    def secret(self, name: str) -> bytes:
        """Return the secret `name`, made at the home's first start.

        Raises `HomeUnusable` when it is missing although the log has begun:
        a new one in its place would make what the old one protects unreadable.
        """
        secret = self._key_file(name).read_bytes()
        if len(secret) != SECRET_SIZE:
            raise HomeUnusable(f"keys/{name} is not {SECRET_SIZE} bytes; restore it")
        return secret

    def secrets(self, name: str) -> tuple[bytes, ...]:
        """Return the secret `name`, and the one to come after it where they are exchanged."""
        following = self.following(name)
        next_one = (following.read_bytes(),) if following.exists() else ()
        return self.secret(name), *next_one

    def following(self, name: str) -> Path:
        """The file of the secret that is to take the place of `name`."""
        return self.keys / f"{name}.next"

    def prepare(self, name: str) -> bytes:
        """Return the secret that is to take the place of `name`, made if there is none yet."""
        following = self.following(name)
        if not following.exists():
            # The home's keys are valid from when the first ones were made.
            made = (self.keys / name).stat().st_mtime
            write_durably(following, self._random(SECRET_SIZE), made=made)
        return following.read_bytes()

    def promote(self, name: str) -> None:
        """Destroy the secret `name`, and let the one to come take its place.

        Both can be read until this begins; cut short, it is to be called again.
        """
        path = self.keys / name
        overwrite(path)
        self.following(name).replace(path)
        sync_folder(self.keys)

    def witness_secret(self) -> bytes:
        """Return the seed we cosign other logs with, made when it is first needed.

        A lost one protects nothing: whoever trusts us is given the new key.
        """
        path = self.keys / "witness"
        if not path.exists():
            write_durably(path, self._random(SECRET_SIZE))
        return self.secret("witness")

    def subject_keys(self) -> Path:
        """Return the database of subject keys, or raise `HomeUnusable` as `secret` does."""
        return self._key_file("subjects.sqlite")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to write, or raise `HomeBusy` if another process does."""
        busy = (
            f"{self.folder} is being written by another process;"
            " stop it first, or name another folder with --home"
        )
        with held(self.folder / "lock", busy):
            yield

    def _make_secrets(self) -> None:
        """Make all of them before the log begins, as none may be made after."""
        for name in SECRETS:
            path = self.keys / name
            if not path.exists():
                write_durably(path, self._random(SECRET_SIZE))

    def _key_file(self, name: str) -> Path:
        path = self.keys / name
        if self.has_begun() and not path.exists():
            raise HomeUnusable(
                f"keys/{name} is missing although the log has begun; restore the keys folder"
                " from its backup, or copy it from another server of this log"
            )
        return path


def overwrite(path: Path) -> None:
    """Destroy the secret in `path`; the file stays, as of when it was made."""
    made = path.stat().st_mtime
    with path.open("r+b") as file:
        file.write(DESTROYED)
        file.flush()
        os.fsync(file.fileno())
    os.utime(path, (made, made))


def write_durably(path: Path, data: bytes, *, made: float | None = None) -> None:
    """Let `path` hold all of `data`, unless it is there already; it is never half written.

    `made` dates it earlier than now.
    """
    descriptor, unfinished = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        if made is not None:
            os.utime(unfinished, (made, made))
        # Of two first starts at once, the first to link wins and both read its secret.
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        Path(unfinished).unlink()
    sync_folder(path.parent)


def replace_durably(path: Path, data: bytes) -> None:
    """Let `path` hold `data` in place of what it held; it is never half written."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
