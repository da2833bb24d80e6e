"""Whether a page of rows holds entries in their one form, found out as quickly as can be.

`is_sound` says yes only to what `Codec.read_strictly` takes; where it says no,
that one is asked about each row, has the last word, and names the reason.
libipld reads and writes deterministic CBOR ten times as fast as cbor2. It knows
floats and tag 42 besides: no field has room for a float, and the tag is looked for.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from libipld import decode_dag_cbor, encode_dag_cbor

from cose import CoseError, cbor
from ledger.actor import Channel, Role
from ledger.entry import EVENT_TYPES, Event
from ledger.personal import personal_names


def is_sound(
    streams: Sequence[object],
    versions: Sequence[object],
    topics: Sequence[Any],
    states: Sequence[Any],
    *,
    after: int,
) -> int | None:
    """Return when the last entry was recorded, in microseconds, if all is certainly right.

    Columns agree with their entries, and none was recorded before the one it
    follows; `after` is when the one before the page was.
    """
    try:
        arrays = [*map(decode_dag_cbor, states)]
        times = [array[3] for array in arrays]
        if (
            [array[0] for array in arrays] != topics
            or [array[1].hex() for array in arrays] != streams
            or [array[2] for array in arrays] != versions
            or times[0] < after
            or times != sorted(times)
            or _CONTENT_ID.search(b"".join(states))
        ):
            return None
        _check_one_form(arrays, states)
        for name in set(topics):
            alike = [array for array in arrays if array[0] == name]
            msgspec.convert(alike, _STORED[name], builtin_types=_AS_THEY_ARE)
            if name in _WITH_MAPS and not all(_is_plain(array[11]) for array in alike):
                return None
    except _NOT_SURE:
        return None
    return int(times[-1])


def _check_one_form(arrays: Sequence[list[Any]], states: Sequence[bytes]) -> None:
    encoded = [*map(encode_dag_cbor, arrays)]
    if encoded != states:
        for state, again in zip(states, encoded, strict=True):
            # Bytes that look like a content id come back under its tag, once in a thousand.
            if state != again:
                cbor.decode(state)


def _is_plain(value: Any, depth: int = 8) -> bool:
    """Say whether no float hides where a map may hold more than it has to, nor far below."""
    kind = type(value)
    if kind is dict or kind is list:
        values = value.values() if kind is dict else value
        return depth > 0 and all(_is_plain(each, depth - 1) for each in values)
    return kind is not float


class _Actor(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    role: Role
    id: str
    principal: str
    channel: Channel
    authority: str | None


_Micros = Annotated[int, msgspec.Meta(ge=-62_135_596_800_000_000, le=253_402_300_799_999_999)]
"""The years that a `datetime` knows."""
_Stream = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_FIELDS: list[tuple[str, Any]] = [
    ("name", str),
    ("stream", _Stream),
    ("version", int),
    ("recorded_at", _Micros),
    ("effective_at", _Micros),
    ("source_recorded_at", _Micros | None),
    ("actor", _Actor),
    ("legal_basis", str | None),
    ("item", str | None),
    ("item_version", int | None),
    ("subject", str | None),
]


def _hints(event: type[Event]) -> dict[str, Any]:
    """The fields of `event` as they lie on disk, where what is personal is sealed bytes."""
    sealed = dict.fromkeys(personal_names(event), bytes)
    return {**get_type_hints(event, include_extras=True), **sealed}


def _stored(event: type[Event]) -> type:
    """The array an entry of `event` is."""
    hints = [*_hints(event).items()]
    named = f"{event.__name__}Body", hints
    body = msgspec.defstruct(*named, forbid_unknown_fields=True, gc=False)
    return msgspec.defstruct(
        f"{event.__name__}Stored",
        [*_FIELDS, ("body", body)],
        array_like=True,
        forbid_unknown_fields=True,
        gc=False,
    )


def _is_flat(hint: Any) -> bool:
    """Say whether a field is of plain values, or arrays of them."""
    parts = [each for each in get_args(hint) if each is not Ellipsis]
    if parts:
        return get_origin(hint) in _ARRAYS_AND_UNIONS and all(map(_is_flat, parts))
    return isinstance(hint, type) and issubclass(hint, _PLAIN)


_PLAIN = (str, bytes, int, NoneType, datetime, date, UUID, Enum)
_ARRAYS_AND_UNIONS = (tuple, Union, UnionType)
_STORED = {name: GenericAlias(list, (_stored(event),)) for name, event in EVENT_TYPES.items()}
_WITH_MAPS = {
    name
    for name, event in EVENT_TYPES.items()
    if not all(map(_is_flat, _hints(event).values()))
}
_AS_THEY_ARE = (bytes,)
_CONTENT_ID = re.compile(
    rb"\xd8\x2a(?:[\x40-\x57]|\x58.|\x59..|\x5a.{4}|\x5b.{8})\x00", re.DOTALL
)
_NOT_SURE = (ValueError, TypeError, AttributeError, LookupError, RecursionError, CoseError)
