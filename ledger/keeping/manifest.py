"""What a backup holds: a list of its files, and a note over it that the log's key signed.

`files` is one line a file, its SHA-256, size, time and path; `manifest` is a C2SP
signed note that names the log, where it stood, and the digest of that list. The
key signs it under a name of its own, so that it can stand in for no checkpoint.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final, Self

from cose import Signer
from ledger.home import write_durably
from ledger.keeping.errors import BackupRefused
from ledger.transparency import LOG, LogKeys, Note, NoteKey, NoteRefused, sign

MANIFEST: Final = "manifest"
FILES: Final = "files"
LOG_PART: Final = "log"
KEYS_PART: Final = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file as it lies in a backup; `made` is its time in whole nanoseconds."""

    path: str
    size: int
    made: int
    digest: str

    @property
    def line(self) -> str:
        """How it stands in the list."""
        return f"{self.digest} {self.size} {self.made} {self.path}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One part of a backup: of which log, up to where, made when, and its files."""

    origin: str
    part: str
    position: int
    root: bytes
    made_at: datetime
    files: tuple[KeptFile, ...]

    @property
    def size(self) -> int:
        """How many bytes its files are."""
        return sum(file.size for file in self.files)

    def write(self, folder: Path, signer: Signer) -> None:
        """Write list and note into `folder`, the note last: without it, it is no backup."""
        listed = "".join(file.line for file in self.files).encode()
        write_durably(folder / FILES, listed)
        name = _name(self.origin)
        text = "\n".join(
            (
                name,
                f"part {self.part}",
                f"position {self.position}",
                f"root {self.root.hex()}",
                f"made {self.made_at.isoformat()}",
                f"files {sha256(listed).hexdigest()}\n",
            )
        )
        write_durably(folder / MANIFEST, bytes(Note(text, (sign(text, name, signer),))))


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of a backup as it was found; who signed it is still to be looked at."""

    folder: Path
    manifest: Manifest
    note: Note

    @classmethod
    def read(cls, folder: Path, part: str) -> Self:
        """Return what the manifest in `folder` says, or raise `BackupRefused`."""
        try:
            note = Note.parse((folder / MANIFEST).read_bytes())
            listed = (folder / FILES).read_bytes()
        except FileNotFoundError as error:
            raise BackupRefused(f"{folder} is no whole backup: it has no manifest") from error
        except (OSError, NoteRefused) as error:
            raise BackupRefused(f"the manifest of {folder} cannot be read: {error}") from error
        found = _TEXT.fullmatch(note.text)
        if found is None or found["part"] != part:
            raise BackupRefused(f"{folder} is not the {part} part of a backup")
        if sha256(listed).hexdigest() != found["files"]:
            raise BackupRefused(f"the list of files in {folder} is not the one that was signed")
        manifest = Manifest(
            origin=found["origin"],
            part=part,
            position=int(found["position"]),
            root=bytes.fromhex(found["root"]),
            made_at=datetime.fromisoformat(found["made"]),
            files=_files(listed.decode()),
        )
        return cls(folder, manifest, note)

    def check_signed(self, keys: LogKeys) -> None:
        """Raise `BackupRefused` unless a key of the log signed it."""
        name = _name(keys.origin)
        try:
            self.note.verify(NoteKey(name, LOG, key.public_key) for key in keys.records)
        except NoteRefused as error:
            raise BackupRefused(f"{self.folder} was not signed by its log: {error}") from error


def _name(origin: str) -> str:
    return f"{origin}/backup"


def _files(listed: str) -> tuple[KeptFile, ...]:
    return tuple(_checked(found) for found in _LINE.finditer(listed))


def _checked(found: re.Match[str]) -> KeptFile:
    path = PurePosixPath(found["path"])
    if path.is_absolute() or ".." in path.parts:
        raise BackupRefused("the list names a file outside of the backup")
    size, made = int(found["size"]), int(found["made"])
    return KeptFile(path=found["path"], size=size, made=made, digest=found["digest"])


def by_path(files: Iterable[KeptFile]) -> dict[str, KeptFile]:
    """Return `files` by where they lie."""
    return {file.path: file for file in files}


_TEXT = re.compile(
    r"(?P<origin>[^\n]+)/backup\npart (?P<part>[a-z]+)\nposition (?P<position>[0-9]{1,18})\n"
    r"root (?P<root>[0-9a-f]{64})\nmade (?P<made>[0-9T:.+-]+)\nfiles (?P<files>[0-9a-f]{64})\n"
)
_LINE = re.compile(
    r"(?P<digest>[0-9a-f]{64}) (?P<size>[0-9]+) (?P<made>[0-9]+) (?P<path>[^\n]+)\n"
)
