"""Materials as files, each sealed under its subject's key and found by its digest.

A person's files lie in a folder of their own. Its name, theirs and their content
all need the key: without it, nobody can tell whose a folder is. Several servers
may share the store, so opening it removes only uploads that were left unfinished
long ago.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryFile
from typing import ParamSpec, TypeVar

from ledger.errors import HomeUnusable, LogDamaged, MaterialNotFound, MaterialRefused
from ledger.home import sync_folder
from ledger.ports import StoredMaterial, SubjectKeys
from ledger.sealing import KEY_SIZE, NONCE_SIZE
from ledger.stores.sealed_file import FRAME, read_description, read_frames
from ledger.stores.upload import UNFINISHED, Upload

LIMIT = 20 * 1024 * 1024
ABANDONED = 24 * 3600.0
"""After how many seconds nobody can still be writing an upload."""

P = ParamSpec("P")
T = TypeVar("T")


class MaterialStore:
    """Implements `Materials` in one folder; a material may have `limit` bytes."""

    def __init__(
        self,
        folder: Path,
        keys: SubjectKeys,
        random: Callable[[int], bytes],
        *,
        limit: int = LIMIT,
    ) -> None:
        self._folder = folder
        self._keys = keys
        self._random = random
        self._limit = limit
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(folder)
        except OSError as error:
            raise HomeUnusable(f"materials cannot be kept: {error.strerror}") from error

    async def put(
        self, subject: str, chunks: AsyncIterator[bytes], *, digest: str
    ) -> StoredMaterial:
        """Store what `chunks` holds, or raise `MaterialRefused`; nothing half-stored stays.

        The subject is given a key if there never was one. A material stored again
        replaces itself, so an upload also mends a damaged file.
        """
        # Filled in the thread, so that even a beginning that is cancelled is cleaned up.
        cleanup = ExitStack()
        try:
            upload = await _off_the_loop(self._begin, subject, digest, cleanup)
            pending = bytearray()
            async for chunk in chunks:
                pending += chunk
                if len(pending) >= FRAME:
                    await _off_the_loop(upload.write, bytes(pending))
                    pending.clear()
            await _off_the_loop(upload.write, bytes(pending))
            return await _off_the_loop(self._commit, upload, subject, digest)
        finally:
            await _off_the_loop(cleanup.close)

    def describe(self, subject: str, digest: str) -> StoredMaterial:
        """Return what is held, or raise `MaterialNotFound` or `LogDamaged`."""
        place = self._find(subject, digest)
        with _reading(place.path), place.path.open("rb") as file:
            media_type, size = read_description(file, place.key)
        return StoredMaterial(digest=digest, size=size, media_type=media_type)

    def read(self, subject: str, digest: str) -> Iterator[bytes]:
        """Yield the plain bytes frame by frame; they are whole only if the end is reached.

        Raises `MaterialNotFound` at once, and `LogDamaged` where the file breaks.
        """
        self.describe(subject, digest)
        return _frames(self._find(subject, digest))

    def digests(self, subject: str) -> Iterator[str]:
        """Yield the digest of every material held for the subject, named in a case or not."""
        key = self._keys.key(subject)
        folder = None if key is None else self._folder_of(key)
        if key is None or folder is None or not folder.is_dir():
            return
        for path in sorted(folder.iterdir()):
            digest = sha256()
            for frame in _frames(_Place(path, _content_key(key, path))):
                digest.update(frame)
            yield digest.hexdigest()

    def erase(self, subject: str) -> None:
        """Remove every material of a subject whose key is still there, durably."""
        key = self._keys.key(subject)
        if key is None:
            return
        folder = self._folder_of(key)
        try:
            while folder.is_dir():
                # Another server may be removing the same.
                with suppress(FileNotFoundError):
                    rmtree(folder)
            sync_folder(self._folder)
        except OSError as error:
            raise HomeUnusable(f"a material cannot be removed: {error.strerror}") from error

    def _begin(self, subject: str, digest: str, cleanup: ExitStack) -> Upload:
        self._keys.create([subject])
        place = self._keepable(subject, digest)
        upload = Upload(self._folder, place.key, limit=self._limit)
        return cleanup.enter_context(closing(upload))

    def _commit(self, upload: Upload, subject: str, digest: str) -> StoredMaterial:
        # They may have been erased since it began.
        place = self._keepable(subject, digest)
        return upload.commit(place.path, digest=digest, nonce=self._random(NONCE_SIZE))

    def _keepable(self, subject: str, digest: str) -> "_Place":
        place = self._place(subject, digest)
        if place is None:
            raise MaterialRefused("this person was erased; nothing more is kept of them")
        return place

    def _find(self, subject: str, digest: str) -> "_Place":
        place = self._place(subject, digest)
        if place is None:
            raise MaterialNotFound("no such material is held for this person")
        return place

    def _place(self, subject: str, digest: str) -> "_Place | None":
        key = self._keys.key(subject)
        if key is None:
            return None
        path = self._folder_of(key) / _derived(key, b"material name", digest).hex()
        return _Place(path, _content_key(key, path))

    def _folder_of(self, key: bytes) -> Path:
        return self._folder / _derived(key, b"material folder", "").hex()


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    key: bytes = field(repr=False)


def _content_key(key: bytes, path: Path) -> bytes:
    return _derived(key, b"material content", path.name)


def _remove_abandoned(folder: Path) -> None:
    # Whoever dates the files of a shared folder, dates this one too.
    with TemporaryFile(dir=folder) as now:
        before = os.fstat(now.fileno()).st_mtime - ABANDONED
    for unfinished in folder.glob(f"*{UNFINISHED}"):
        # Another server may finish it, or remove it, at this very moment.
        with suppress(FileNotFoundError):
            if unfinished.stat().st_mtime < before:
                unfinished.unlink()


def _derived(key: bytes, purpose: bytes, digest: str) -> bytes:
    content = digest.encode(errors="replace")
    return blake2b(content, key=key, person=purpose, digest_size=KEY_SIZE).digest()


def _frames(place: _Place) -> Iterator[bytes]:
    with _reading(place.path), place.path.open("rb") as file:
        read_description(file, place.key)
        yield from read_frames(file, place.key)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise MaterialNotFound("no such material is held for this person") from error
    except OSError as error:
        raise HomeUnusable(f"a material cannot be read: {error.strerror}") from error
    except LogDamaged as error:
        raise LogDamaged(f"material {path.name[:8]}: {error}") from error


async def _off_the_loop(step: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> T:
    """Run `step` in a thread to its end, even when cancelled: the next one needs it done."""
    running = asyncio.ensure_future(asyncio.to_thread(step, *arguments, **named))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
