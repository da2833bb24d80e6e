"""Deterministic CBOR (RFC 8949, 4.2.1): one value, one encoding.

Map keys are in bytewise order. cbor2's `canonical=True` sorts by length first,
which differs as soon as numbers of both signs share a map, so keys are put in
order here and cbor2 writes them as they come.
"""

from collections.abc import Iterable
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
        return cbor2.dumps(_ordered(value, DEPTH))
    except (cbor2.CBOREncodeError, UnicodeEncodeError) as error:
        raise CborRefused("a text holds characters that UTF-8 cannot carry") from error


def decode(data: bytes, *, limit: int = LIMIT) -> Any:
    """Return the value whose one encoding `data` is, or raise `CborRefused`.

    Encoding the value again must give the same bytes: that refuses trailing
    bytes, unsorted keys, numbers and lengths that are not the shortest, and
    every type that `encode` has no form for.
    """
    if len(data) > limit:
        raise CborRefused(f"{len(data)} bytes where at most {limit} are taken")
    value = _loads(data)
    if encode(value) != data:
        raise CborRefused("not in deterministic form (RFC 8949, 4.2.1)")
    return value


def decode_trusted(data: bytes) -> Any:
    """Return the value of bytes we wrote ourselves and whose hash is checked elsewhere."""
    return cbor2.loads(data)


class _NoTags(dict[int, Any]):
    """Refuses every tag as it is met, before cbor2 makes a date or a pattern of it."""

    def __missing__(self, tag: int) -> Any:
        raise ValueError(f"tag {tag}")


_NO_TAGS = _NoTags()
_ATOMS = frozenset({str, bytes, bool, type(None)})
_KEYS = frozenset({str, bytes, int})


def _loads(data: bytes) -> Any:
    try:
        return cbor2.loads(
            data,
            max_depth=DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            semantic_decoders=_NO_TAGS,
        )
    except (cbor2.CBORDecodeError, ValueError, TypeError) as error:
        raise CborRefused("not well-formed CBOR within our limits") from error


def _ordered(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is int:
        return _bounded(value)
    if depth == 0:
        raise CborRefused(f"nested more than {DEPTH} deep")
    if kind is list or kind is tuple:
        return [x if type(x) in _ATOMS else _ordered(x, depth - 1) for x in value]
    if kind is dict:
        return {key: _ordered(value[key], depth - 1) for key in _in_order(value)}
    raise CborRefused(f"a {kind.__name__} has no deterministic form here")


def _bounded(number: int) -> int:
    if not -(1 << 64) <= number < 1 << 64:
        raise CborRefused("a whole number of more than 64 bits")
    return number


def _in_order(keys: Iterable[Any]) -> list[Any]:
    for key in keys:
        if type(key) not in _KEYS:
            raise CborRefused(f"a {type(key).__name__} cannot be the key of a map")
        if type(key) is int:
            _bounded(key)
    try:
        if "".join(keys).isascii():
            return sorted(sorted(keys), key=len)
    except TypeError:
        pass
    return sorted(keys, key=cbor2.dumps)
