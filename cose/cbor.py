"""Deterministic CBOR (RFC 8949, 4.2.1): one value, one encoding.

Map keys are in bytewise order. cbor2's `canonical=True` sorts by length first,
which differs as soon as numbers of both signs share a map; so encoding is done
here, where whatever has no one form is refused on the way, and no slower.
"""

import struct
from collections.abc import Sequence
from typing import Any

import cbor2

from cose.errors import CborRefused

LIMIT = 65_535
DEPTH = 32


def encode(value: object) -> bytes:
    """Return the one encoding of `value`, or raise `CborRefused`.

    Whole numbers of 64 bits, text, bytes, true, false, null, arrays and maps
    have one; floats, tags, dates and subclasses such as enums have none here.
    """
    try:
        return _item(value, DEPTH)
    except UnicodeEncodeError as error:
        raise CborRefused("a text holds characters that UTF-8 cannot carry") from error
    except struct.error as error:
        raise CborRefused("a whole number of more than 64 bits") from error


def decode(data: bytes, *, limit: int = LIMIT) -> Any:
    """Return the value whose one encoding `data` is, or raise `CborRefused`.

    Encoding the value again must give the same bytes: that refuses trailing
    bytes, indefinite and overlong lengths, numbers that are not the shortest,
    unsorted or repeated keys, and every type that `encode` has no form for.
    """
    if len(data) > limit:
        raise CborRefused(f"{len(data)} bytes where at most {limit} are taken")
    value = _loads(data)
    if encode(value) != data:
        raise CborRefused("not in deterministic form (RFC 8949, 4.2.1)")
    return value


def decode_trusted(data: bytes) -> Any:
    """Return the value of bytes we wrote ourselves and whose hash is checked elsewhere.

    Bytes that are no CBOR at all still raise `CborRefused`.
    """
    try:
        return cbor2.loads(data)
    except (cbor2.CBORDecodeError, ValueError, TypeError) as error:
        raise CborRefused("not well-formed CBOR") from error


def byte_string(data: bytes) -> bytes:
    """Return what `encode` makes of bytes, and sooner."""
    size = len(data)
    if 256 <= size < 1 << 16:
        return b"\x59" + size.to_bytes(2) + data
    return _BYTES[size] + data


class _Heads(dict[int, bytes]):
    """What an item of one major type begins with, by its number or length."""

    def __init__(self, major: int) -> None:
        self._major = major << 5
        super().__init__({argument: self[argument] for argument in range(256)})

    def __missing__(self, argument: int) -> bytes:
        if argument < 24:
            return bytes([self._major | argument])
        if argument < 1 << 8:
            return bytes([self._major | 24, argument])
        if argument < 1 << 16:
            return struct.pack(">BH", self._major | 25, argument)
        if argument < 1 << 32:
            return struct.pack(">BI", self._major | 26, argument)
        return struct.pack(">BQ", self._major | 27, argument)


_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP = map(_Heads, range(6))
_CONSTANTS = {False: b"\xf4", True: b"\xf5", None: b"\xf6"}
_KEYS = frozenset({str, bytes, int})


def _item(value: Any, depth: int) -> bytes:
    kind = type(value)
    if kind is str:
        text: bytes = value.encode()
        return _TEXT[len(text)] + text
    if kind is int:
        return _UNSIGNED[value] if value >= 0 else _NEGATIVE[-1 - value]
    if kind is bytes:
        data: bytes = value
        return _BYTES[len(data)] + data
    if kind is bool or value is None:
        return _CONSTANTS[value]
    if depth == 0:
        raise CborRefused(f"nested more than {DEPTH} deep")
    if kind is list or kind is tuple:
        return _array(value, depth - 1)
    if kind is dict:
        # No key's encoding begins another's, so whole pairs sort as their keys do.
        pairs = [_key(key) + _item(each, depth - 1) for key, each in value.items()]
        return _MAP[len(pairs)] + b"".join(sorted(pairs))
    raise CborRefused(f"a {kind.__name__} has no deterministic form here")


def _array(values: Sequence[Any], depth: int) -> bytes:
    pieces = [_ARRAY[len(values)]]
    for value in values:
        # Most of what is written is text in arrays, and a call for each would show.
        if type(value) is str:
            text = value.encode()
            pieces += _TEXT[len(text)], text
        else:
            pieces.append(_item(value, depth))
    return b"".join(pieces)


def _key(key: Any) -> bytes:
    if type(key) not in _KEYS:
        raise CborRefused(f"a {type(key).__name__} cannot be the key of a map")
    return _item(key, 0)


class _NoTags(dict[int, Any]):
    """Refuses every tag as it is met, before cbor2 makes a date or a pattern of it."""

    def __missing__(self, tag: int) -> Any:
        raise ValueError(f"tag {tag}")


_NO_TAGS = _NoTags()


def _loads(data: bytes) -> Any:
    try:
        return cbor2.loads(data, max_depth=DEPTH, semantic_decoders=_NO_TAGS)
    except (cbor2.CBORDecodeError, ValueError, TypeError) as error:
        raise CborRefused("not well-formed CBOR within our limits") from error
