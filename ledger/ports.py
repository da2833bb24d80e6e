"""What the ledger needs of others: subject keys and materials, each in a store of its own."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol


class SubjectKeys(Protocol):
    """One 32-byte key a person; a store of its own, so that a key can be destroyed."""

    def key(self, subject: str) -> bytes | None:
        """Return the subject's key, or `None` if there never was one or it was erased."""

    def create(self, subjects: Iterable[str]) -> None:
        """Make a key for each subject that has none, durably, before anything is sealed."""

    def erase(self, subject: str) -> None:
        """Destroy the subject's key for good, durably; they are never given another."""

    def damaged(self) -> Iterator[int]:
        """Yield the number of each key that does not open; it says nothing of whose it is."""

    def close(self) -> None:
        """Let go of the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMaterial:
    """What was found out about an upload while it was stored."""

    digest: str
    size: int
    media_type: str


class Materials(Protocol):
    """Files handed in, encrypted under their subject's key, found by SHA-256 in hex."""

    async def put(
        self, subject: str, chunks: AsyncIterator[bytes], *, digest: str
    ) -> StoredMaterial:
        """Store what `chunks` holds, or raise `MaterialRefused`; nothing half-stored stays."""

    def describe(self, subject: str, digest: str) -> StoredMaterial:
        """Return what is held, or raise `MaterialNotFound`."""

    def read(self, subject: str, digest: str) -> Iterator[bytes]:
        """Yield the material's plain bytes, or raise `MaterialNotFound` or `LogDamaged`."""

    def digests(self, subject: str) -> Iterator[str]:
        """Yield the digest of every material held for the subject, named in a case or not."""

    def erase(self, subject: str) -> None:
        """Remove every material of a person whose key is still there."""
