"""One key a person, wrapped under the master key before it is stored.

The table alone is worth nothing: every key in it is sealed with the master key
and the subject's name, so that no row can stand in for another. While the
master key is being exchanged two of them are known, and the table's mark says
which one is in force; keys wrapped under either can be read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import islice
from threading import Lock
from typing import Final, cast

from ledger.errors import HomeUnusable, LogDamaged
from ledger.sealing import KEY_SIZE, NONCE_SIZE, seal, unseal
from ledger.stores.key_table import ERASED, KeyTable

REMEMBERED: Final = 16_384


class SubjectKeyStore:
    """Implements `SubjectKeys`; the `cached` keys used last to be new stay in memory."""

    def __init__(
        self,
        table: KeyTable,
        master_keys: Sequence[bytes],
        random: Callable[[int], bytes],
        *,
        cached: int = REMEMBERED,
        has_begun: bool = False,
    ) -> None:
        """Take the master key, and the one after it while they are being exchanged.

        Raises `HomeUnusable` where `table` is wrapped under neither, and where it
        was never used although the log of these keys `has_begun`: by an empty one
        everybody would be erased.
        """
        for master_key in master_keys:
            if len(master_key) != KEY_SIZE:
                raise HomeUnusable(
                    f"the master key must be {KEY_SIZE} bytes, not {len(master_key)}"
                )
        self._table = table
        self._masters = {_mark(master_key): master_key for master_key in master_keys}
        self._random = random
        self._cached = cached
        self._cache: dict[str, bytes] = {}
        self._reading = Lock()
        self._check(has_begun)

    def key(self, subject: str) -> bytes | None:
        """Return the subject's key, or `None` if there never was one or it was erased."""
        return self._cache.get(subject) or self._load([subject]).get(subject)

    def create(self, subjects: Iterable[str]) -> None:
        """Make a key for each subject that never had one, in one durable transaction."""
        unseen = {subject for subject in subjects if subject not in self._cache}
        missing = sorted(unseen - self._load(unseen).keys()) if unseen else []
        if missing:
            made = [(subject, self._random(KEY_SIZE)) for subject in missing]
            with self._table.adding() as (mark, add):
                master_key = self._master(mark)
                add([(subject, self._wrap(subject, key, master_key)) for subject, key in made])
            # Another writer may have been first: what is in the table now is the key.
            self._load(missing)

    def erase(self, subject: str) -> None:
        """Destroy the subject's key for good, durably; they are never given another."""
        # Nobody reads it in between, or what they read would stay in memory.
        with self._reading:
            self._cache.pop(subject, None)
            self._table.erase(subject)

    def rewrap(self, master_key: bytes) -> None:
        """Put every key under `master_key`, one of those known, in one transaction."""

        def rewrapped(subject: str, wrapped: bytes) -> bytes:
            return self._wrap(subject, self._unwrap(subject, wrapped), master_key)

        mark = _mark(master_key)
        self._master(mark)
        if self._table.mark() != mark:
            self._table.rewrap(rewrapped, mark)

    def is_under(self, master_key: bytes) -> bool:
        """Tell whether the keys are wrapped under `master_key` now."""
        return self._table.mark() == _mark(master_key)

    def damaged(self) -> Iterator[int]:
        """Yield the number of each row whose key does not open."""
        number = _FIRST
        while rows := self._table.after(number, _PAGE):
            for number, subject, wrapped in rows:
                if wrapped != ERASED and self._opened(subject, wrapped) is None:
                    yield number

    def close(self) -> None:
        """Let go of the table; keys made before stay in it."""
        self._table.close()

    def _check(self, has_begun: bool) -> None:
        mark, current = self._table.mark(), next(iter(self._masters))
        if mark is None:
            if has_begun or self._table.after(_FIRST, 1):
                raise HomeUnusable(
                    f"{self._table.name} was never used, and the log has begun with another:"
                    " restore it from its backup; if servers share the log, give each the"
                    " same TONGBAN_KEYS"
                )
            self._table.begin(current)
            mark = self._table.mark()
        self._master(mark or b"")

    def _master(self, mark: bytes) -> bytes:
        if mark not in self._masters:
            raise HomeUnusable(
                f"{self._table.name} does not open with this master key; start with the master"
                " key it was made with or was put under since, or restore it from its backup"
            )
        return self._masters[mark]

    def _load(self, subjects: Iterable[str]) -> dict[str, bytes]:
        with self._reading:
            rows = self._table.select(list(subjects))
            keys = {row[0]: self._unwrap(*row) for row in rows if row[1] != ERASED}
            self._remember(keys)
        return keys

    def _remember(self, keys: dict[str, bytes]) -> None:
        self._cache |= keys
        excess = max(0, len(self._cache) - self._cached)
        for oldest in list(islice(self._cache, excess)):
            del self._cache[oldest]

    def _wrap(self, subject: str, key: bytes, master_key: bytes) -> bytes:
        nonce = self._random(NONCE_SIZE)
        return seal(key, key=master_key, nonce=nonce, place=subject.encode())

    def _unwrap(self, subject: str, wrapped: bytes) -> bytes:
        key = self._opened(subject, wrapped)
        if key is None:
            raise HomeUnusable(
                f"a key in {self._table.name} does not open with this master key; restore both"
                " from one backup"
            )
        return key

    def _opened(self, subject: str, wrapped: bytes) -> bytes | None:
        for master_key in self._masters.values():
            with suppress(LogDamaged):
                return cast(bytes, unseal(wrapped, key=master_key, place=subject.encode()))
        return None


_FIRST, _PAGE = -(1 << 63), 1_000


def _mark(master_key: bytes) -> bytes:
    return blake2b(key=master_key, person=b"master key mark", digest_size=16).digest()
