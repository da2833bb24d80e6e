"""The forms in which cases leave, each with its media type and a file's ending."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec

from ledger.exporting import ocel_json, ocel_sqlite, table, xes
from ledger.exporting.selecting import Selection, ToldCase

FORM: Final = 1
"""Raised whenever the same cases are told in other bytes than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One form: what writes it, in pieces."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[Iterable[ToldCase]], Iterator[bytes]]
    maker: str = ""
    """What else than `FORM` the bytes depend on."""

    def tag(self, selection: Selection, asker: str) -> str:
        """Return what tells the bytes of one export from those of any other.

        `asker` says whose cases are in it, where it is not everybody's.
        """
        which, cut = selection.which, selection.cut
        told = [FORM, self.name, self.maker, selection.ledger.published.keys.origin, asker]
        asked = [which.register, which.status, which.subject, which.authority]
        times = [cut.as_of, cut.recorded_until, cut.source_recorded_until, cut.position]
        return sha256(msgspec.json.encode([*told, *asked, *times])).hexdigest()[:32]


FORMATS: Final[Mapping[str, Format]] = {
    each.name: each
    for each in (
        Format(
            name="ocel-json",
            media_type=ocel_json.MEDIA_TYPE,
            suffix="jsonocel",
            write=ocel_json.write_ocel_json,
        ),
        Format(
            name="ocel-sqlite",
            media_type=ocel_sqlite.MEDIA_TYPE,
            suffix="sqlite",
            write=ocel_sqlite.write_ocel_sqlite,
            maker=ocel_sqlite.MAKER,
        ),
        Format(
            name="xes",
            media_type=xes.MEDIA_TYPE,
            suffix="xes",
            write=xes.write_xes,
        ),
        Format(
            name="csv",
            media_type=table.MEDIA_TYPE,
            suffix="csv",
            write=table.write_table,
        ),
    )
}


def in_pieces(parts: Iterable[bytes], size: int = 64 * 1024) -> Iterator[bytes]:
    """Yield `parts` in pieces that are worth sending; one of nothing is passed on at once."""
    held = bytearray()
    for part in parts:
        held += part
        if not part and not held:
            yield b""
        elif len(held) >= size:
            yield bytes(held)
            held.clear()
    yield bytes(held)
