"""Entries as a log serves them (C2SP tlog-tiles, "Log entries"): length, bytes, and so on.

A length is 16 bits, which is why no entry of ours is longer. Nothing here is
proven: whoever reads a bundle hashes each entry and compares it with its tile.
"""

from collections.abc import Iterable
from typing import Final

from ledger.transparency.errors import TileRefused

LONGEST: Final = 65_535


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """Return `entries` as one bundle, or raise `TileRefused` for one that is too long."""
    return b"".join([_length(entry) + entry for entry in entries])


def decode_entries(data: bytes, width: int) -> list[bytes]:
    """Return the `width` entries of a bundle, or raise `TileRefused`."""
    entries, at = [], 0
    for _ in range(width):
        start = at + 2
        at = start + int.from_bytes(data[at:start])
        entries.append(data[start:at])
    if at != len(data):
        raise TileRefused(f"not a bundle of {width} entries")
    return entries


def _length(entry: bytes) -> bytes:
    if len(entry) > LONGEST:
        raise TileRefused(f"an entry of {len(entry)} bytes; a bundle states {LONGEST} at most")
    return len(entry).to_bytes(2)
