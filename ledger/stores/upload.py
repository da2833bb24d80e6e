"""One upload on its way to disk: whole and durable, or not there at all.

It is written under a temporary name and renamed last. Its methods block and
come one after another; `MaterialStore` runs them off the event loop.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from ledger.errors import HomeUnusable, MaterialRefused
from ledger.home import sync_folder
from ledger.ports import StoredMaterial
from ledger.stores.media_type import sniff
from ledger.stores.sealed_file import SealedWriter

UNFINISHED = ".part"


class Upload:
    """A file under a temporary name in `folder`, until `commit` gives it its own."""

    def __init__(self, folder: Path, key: bytes, *, limit: int) -> None:
        self._limit = limit
        self._media_type = ""
        self._size = 0
        self._sha256 = sha256()
        with _durably():
            descriptor, name = tempfile.mkstemp(dir=folder, suffix=UNFINISHED)
            self._temporary = Path(name)
            self._file = os.fdopen(descriptor, "wb")
            self._writer = SealedWriter(self._file, key)

    def write(self, content: bytes) -> None:
        """Take more of the content; the first of it says what type it is.

        Raises `MaterialRefused` for a type nobody accepts, or beyond the limit.
        """
        self._media_type = self._media_type or sniff(content)
        self._size += len(content)
        if self._size > self._limit:
            raise MaterialRefused(f"a material may have {self._limit} bytes at most")
        self._sha256.update(content)
        with _durably():
            self._writer.write(content)

    def commit(self, path: Path, *, digest: str, nonce: bytes) -> StoredMaterial:
        """Put the whole at `path`; raises `MaterialRefused` if `digest` is not its own."""
        if self._sha256.hexdigest() != digest:
            raise MaterialRefused("the content is not what its digest says")
        with _durably():
            self._writer.finish(self._media_type, self._size, nonce=nonce)
            self._file.flush()
            os.fsync(self._file.fileno())
            path.parent.mkdir(exist_ok=True)
            self._temporary.replace(path)
            sync_folder(path.parent)
            sync_folder(path.parent.parent)
        return StoredMaterial(digest=digest, size=self._size, media_type=self._media_type)

    def close(self) -> None:
        """Leave nothing behind but what was committed."""
        with suppress(OSError):
            self._file.close()
        self._temporary.unlink(missing_ok=True)


@contextmanager
def _durably() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HomeUnusable(f"a material cannot be written: {error.strerror}") from error
