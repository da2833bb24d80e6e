"""One-time keys: what was used, and a seal on each that only the home can make.

Entries are proven by the tree; these rows are not in it, and a nonce whose row
is gone could be used again. So rows are numbered without gaps, each is sealed
with its number, and the last one of every commit says how far the log reached:
a row that was changed, taken out, added or cut off at the end is found.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from hmac import compare_digest

Row = tuple[int, bytes, bytes | None, int, int, int | None, bytes]
"""Number, key, body, first and last position, the log's head if it closes a commit, seal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A key that may be used one time; `body` tells a repeated command from another."""

    key: bytes
    body: bytes | None = None

    @classmethod
    def of(cls, text: str) -> "Once":
        """A nonce, token id or state, named with whoever chose it."""
        return cls(key=sha256(b"once\x00" + text.encode()).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a one-time key was used for: the positions written with it."""

    body: bytes | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class OnceSeal:
    """Seals the rows of one-time keys under a secret of the home."""

    secret: bytes = field(repr=False)

    def rows(self, once: Mapping[bytes, Used], *, after: int, head: int) -> Iterator[Row]:
        """Yield the rows of one commit that takes the log to `head`.

        `after` is the number of the newest row before them. A commit that uses
        no key writes one nobody can use, or its end could not be told.
        """
        used = once or {_unusable(after + 1): Used(body=None, first=head, last=head)}
        last = after + len(used)
        for number, (key, each) in enumerate(used.items(), start=after + 1):
            closes = head if number == last else None
            row = number, key, each.body, each.first, each.last, closes
            yield *row, self._of(row)

    def holds(self, row: Sequence[object]) -> bool:
        """Say whether `row` is as it was written."""
        *told, seal = row
        try:
            return isinstance(seal, bytes) and compare_digest(seal, self._of(told))
        except (struct.error, TypeError):
            return False

    def _of(self, row: Sequence[object]) -> bytes:
        number, key, body, first, last, closes = row
        flags = (body is not None) << 1 | (closes is not None)
        numbers = _NUMBERS.pack(number, first, last, closes or 0, flags, len(_bytes(key)))
        sealed = numbers + _bytes(key) + (b"" if body is None else _bytes(body))
        return blake2b(sealed, key=self.secret, digest_size=16, person=_PERSON).digest()


_NUMBERS = struct.Struct(">qqqqBH")
_PERSON = b"tongban once row"


def _unusable(number: int) -> bytes:
    return sha256(b"no key was used\x00" + number.to_bytes(8)).digest()


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("not bytes")
    return value
