"""Fakes of what the ledger needs of others, in memory."""

from collections.abc import Iterable, Iterator
from hashlib import sha256, shake_256
from itertools import count


class FakeSubjectKeys:
    """Keys made of the subject's own name; who was erased is never given another."""

    def __init__(self, *subjects: str) -> None:
        self._keys: dict[str, bytes | None] = {}
        self.create(subjects)

    def key(self, subject: str) -> bytes | None:
        return self._keys.get(subject)

    def create(self, subjects: Iterable[str]) -> None:
        for subject in subjects:
            self._keys.setdefault(subject, sha256(subject.encode()).digest())

    def erase(self, subject: str) -> None:
        self._keys[subject] = None

    def damaged(self) -> Iterator[int]:
        return iter(())

    def close(self) -> None:
        pass


class Dice:
    """Bytes that differ each time and are the same in every run; counts the throws."""

    def __init__(self) -> None:
        self._throws = count(1)
        self.thrown = 0

    def __call__(self, size: int) -> bytes:
        self.thrown = next(self._throws)
        return shake_256(str(self.thrown).encode()).digest(size)
