"""A ZIP archive of stored members: written piece by piece, and read by its strict form alone.

Nothing is compressed, so no archive unfolds into more than it is; nothing is unpacked, so
no name leads anywhere. A member of any other name than those of a package is refused.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from service.proving.errors import EvidenceRefused
from service.proving.layout import is_laid_out

MOST_MEMBERS: Final = 50_000
LARGEST: Final = 64 * 1024 * 1024
"""The largest member: a material with room to spare."""

_KNOWN = re.compile(
    r"README\.(en|zh-Hans|zh-Hant)\.txt|checkpoint\.txt|manifest\.cose|materials\.cbor"
    r"|keys/(log|roots)\.cbor|(entries|keys/region)/[0-9]{6}\.(cbor|receipt)"
    r"|answers/[0-9]{6}\.cbor|materials/[0-9a-f]{64}"
)
_PIECE = 64 * 1024
_MADE = (1980, 1, 1, 0, 0, 0)
"""The time of every member: when it was made stands in the manifest."""


class Writing:
    """An archive while it is written; `files` tells size and digest of what is in it."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[int, bytes]] = {}
        self._out = _Out()
        self._zip = zipfile.ZipFile(self._out, "w", zipfile.ZIP_STORED)

    def add(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Add a member, and yield what the archive grew by."""
        digest, size = sha256(), 0
        info = zipfile.ZipInfo(name, _MADE)
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w") as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
                yield self._out.taken()
        self.files[name] = size, digest.digest()
        yield self._out.taken()

    def end(self) -> bytes:
        """Return the end of the archive."""
        self._zip.close()
        return self._out.taken()


class Reading:
    """An archive of the one form; raises `EvidenceRefused` of the check `archive`."""

    def __init__(self, path: Path) -> None:
        with _refusing():
            self._zip = zipfile.ZipFile(path)
        try:
            with _refusing(), path.open("rb") as file:
                self._check(file)
        except EvidenceRefused:
            self._zip.close()
            raise

    @property
    def names(self) -> list[str]:
        """The members, in their order."""
        return self._zip.namelist()

    def digests(self) -> Mapping[str, tuple[int, bytes]]:
        """Read every member once, and return its size and SHA-256."""
        return {name: self._digest(name) for name in self.names}

    def read(self, name: str) -> bytes:
        """Return a member, or refuse the archive that has none of that name."""
        with _refusing():
            return self._zip.read(name)

    def under(self, folder: str, ending: str) -> list[str]:
        """Return the members in `folder` that end so, sorted."""
        found = (each for each in self.names if each.startswith(f"{folder}/"))
        return sorted(each for each in found if each.endswith(ending))

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def _check(self, file: BinaryIO) -> None:
        members = self._zip.infolist()
        names = [each.filename for each in members]
        _require(len(members) <= MOST_MEMBERS, "more members than a package has")
        _require(not self._zip.comment, "a comment, which nobody signed")
        _require(len(set(names)) == len(names), "a member stands twice")
        for each in members:
            _require(
                _KNOWN.fullmatch(each.filename) is not None, "a member that is none of ours"
            )
            _require(each.compress_type == zipfile.ZIP_STORED, "a member is compressed")
            _require(each.file_size == each.compress_size, "a member's sizes do not agree")
            _require(each.file_size <= LARGEST, "a member is larger than any of ours")
            _require(not each.flag_bits & 0x1, "a member is encrypted")
        _require(is_laid_out(file, members), "bytes that are of no member")

    def _digest(self, name: str) -> tuple[int, bytes]:
        digest, size = sha256(), 0
        with _refusing(), self._zip.open(name) as member:
            while piece := member.read(_PIECE):
                digest.update(piece)
                size += len(piece)
        return size, digest.digest()


class _Out:
    """What `zipfile` writes to; it has no place to go back to, so nothing is patched."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is held is taken."""

    close = flush

    def taken(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise EvidenceRefused("archive", "a member is missing") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise EvidenceRefused("archive", "not a whole archive of ours") from error
    except (OSError, ValueError, zlib.error) as error:
        raise EvidenceRefused("archive", "it cannot be read") from error


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise EvidenceRefused("archive", otherwise)
