"""The data folder: what lies where, and the one process that may write to it.

ledger.sqlite        the log, unless it is in a database that several servers share
checkpoint           its newest signed head
keys/                secrets of 32 bytes each, and subjects.sqlite: a backup
                     domain of its own, because erasure destroys keys
materials/           uploads, encrypted under their subject's key
views/               projections; any of them may be deleted at any time
certificates/        signed: of which entries a view is the fold
erasures             what was decided about persons; it has to outlast the log
notices.sqlite       what people are still to be told, and what they were told
format               the number of the form that all this has
lock                 held by the writing process
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ledger.databases import has_begun
from ledger.durable import overwrite, replace_durably, sync_folder, write_durably
from ledger.errors import HomeUnusable
from ledger.home_format import bring_up, check_format, note_format
from ledger.locking import held

__all__ = [
    "DESTROYED",
    "SECRETS",
    "SECRET_SIZE",
    "Home",
    "overwrite",
    "replace_durably",
    "sync_folder",
    "write_durably",
]

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
        check_format(folder)
        try:
            is_new = not self.keys.exists()
            if not self.has_begun() and self.checkpoint.exists():
                raise HomeUnusable(LOST)
            for part in (folder, self.materials, self.views):
                part.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self.has_begun():
                self.keys.mkdir(exist_ok=True, mode=0o700)
                self._make_secrets()
            if is_new:
                note_format(folder)
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
    def writing(self, *, migrate: bool = False) -> Iterator[None]:
        """Hold the right to write, or raise `HomeBusy` if another process does.

        A home of an older form is brought up to ours first: where that is more than a
        start may do, only to `migrate`, and `HomeUnusable` is raised else.
        """
        busy = (
            f"{self.folder} is being written by another process;"
            " stop it first, or name another folder with --home"
        )
        with held(self.folder / "lock", busy):
            bring_up(self.folder, asked=migrate)
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
