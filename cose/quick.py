"""Deterministic CBOR by libipld, some ten times as fast as `cose.cbor`, for most of it.

libipld knows 64-bit floats and tag 42 besides, has no limit of depth, and no
numbers as keys. So None says that this is not certain, which leaves the last
word to `cose.cbor`; and a value is of our form only where its types are known
to hold no float and no endless nesting. Nothing is taken here that `cose.cbor`
would refuse otherwise, which a property tests.
"""

from typing import Any

from libipld import decode_dag_cbor, encode_dag_cbor


def decode(data: bytes) -> Any:
    """Return the value that `data` is the one encoding of; None is uncertain, or null."""
    try:
        value = decode_dag_cbor(data)
    except _REFUSED:
        return None
    return value if encode(value) == data else None


def encode(value: Any) -> bytes | None:
    """Return the one encoding of `value`, or None."""
    try:
        data = encode_dag_cbor(value)
    except _REFUSED:
        return None
    # Bytes that look like a content id are written under its tag.
    return None if _TAG_42 in data else data


def split(data: bytes) -> list[Any] | None:
    """Return each key and value of the map in `data`, one after the other, or None.

    The map may be under numbers. Whether `data` is their one encoding, in the
    right order, is certain once `join` gives `data` again for keys in that order.
    """
    head = _ARRAY_OF_MAP.get(data[:1])
    if head is None:
        return None
    try:
        pairs: list[Any] = decode_dag_cbor(head + data[1:])
    except _REFUSED:
        return None
    return pairs


def join(pairs: list[Any]) -> bytes | None:
    """Return the map of these keys and values, which are in the order of their encoding."""
    count = len(pairs) // 2
    data = encode(pairs) if count < len(_ARRAY_HEADS) else None
    if data is None:
        return None
    return _MAP_HEADS[count] + data[len(_ARRAY_HEADS[count]) :]


_REFUSED = (ValueError, RecursionError)
_TAG_42 = b"\xd8\x2a"

# A map of n pairs and an array of 2n items differ in how they begin, and in nothing else.
_MAP_HEADS = [bytes([0xA0 | n]) for n in range(24)]
_ARRAY_HEADS = [bytes([0x80 | 2 * n]) if n < 12 else bytes([0x98, 2 * n]) for n in range(24)]
_ARRAY_OF_MAP = dict(zip(_MAP_HEADS, _ARRAY_HEADS, strict=True))
