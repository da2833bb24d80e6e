"""Deterministic CBOR by libipld, some ten times as fast as `cose.cbor`, for most of it.

libipld knows 64-bit floats and tag 42 besides, has no limit of depth, and no
numbers as keys. So None says that this is not certain, which leaves the last
word to `cose.cbor`; and a value is of our form only where its types are known
to hold no float and no endless nesting. Nothing is taken here that `cose.cbor`
would refuse otherwise, which a property tests.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from libipld import decode_dag_cbor, encode_dag_cbor


class Order(Protocol):
    """The keys a map may have, in the order of their encoding."""

    @property
    def labels(self) -> tuple[int, ...]: ...


Known = TypeVar("Known", bound=Order)


def decode(data: bytes) -> Any:
    """Return the value that `data` is the one encoding of; None is uncertain, or null."""
    try:
        value = decode_dag_cbor(data)
        alike = encode_dag_cbor(value) == data
    except _REFUSED:
        return None
    return value if alike and not _tag_42(data) else None


def encode(value: Any) -> bytes | None:
    """Return the one encoding of `value`, or None."""
    try:
        data = encode_dag_cbor(value)
    except _REFUSED:
        return None
    # Bytes that look like a content id are written under its tag.
    return None if _tag_42(data) else data


def decode_map(
    data: bytes, orders: Mapping[tuple[int, ...], Known]
) -> tuple[Known, list[Any]] | None:
    """Return which of `orders` the keys of the map in `data` have, and its values, or None."""
    head = _ARRAY_OF_MAP.get(data[:1])
    if head is None:
        return None
    flat = head + data[1:]
    try:
        pairs = decode_dag_cbor(flat)
        order = orders.get(tuple(pairs[::2]))
        if order is None:
            return None
        # True and 1.0 find 1 too, and are not what 1 encodes to.
        pairs[::2] = order.labels
        alike = encode_dag_cbor(pairs) == flat
    except _REFUSED:
        return None
    return (order, pairs[1::2]) if alike and not _tag_42(flat) else None


def encode_map(keys: Sequence[int], values: Sequence[Any]) -> bytes | None:
    """Return the map of these, with keys in the order of their encoding, or None."""
    count = len(keys)
    if count >= len(_ARRAY_HEADS):
        return None
    pairs: list[Any] = [None] * (2 * count)
    pairs[::2], pairs[1::2] = keys, values
    data = encode(pairs)
    return None if data is None else _MAP_HEADS[count] + data[len(_ARRAY_HEADS[count]) :]


_REFUSED = (ValueError, TypeError, RecursionError)
_tag_42 = re.compile(re.escape(b"\xd8\x2a")).search

# A map of n pairs and an array of 2n items differ in how they begin, and in nothing else.
_MAP_HEADS = [bytes([0xA0 | n]) for n in range(24)]
_ARRAY_HEADS = [bytes([0x80 | 2 * n]) if n < 12 else bytes([0x98, 2 * n]) for n in range(24)]
_ARRAY_OF_MAP = dict(zip(_MAP_HEADS, _ARRAY_HEADS, strict=True))
