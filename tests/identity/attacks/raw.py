"""CBOR and COSE written byte by byte, so that anything can be written wrongly."""

import struct
import zlib
from dataclasses import dataclass

from cose import Ed25519Signer, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One token that must be refused: `of` is TOKENS' word for it, `on` what it poses as."""

    of: str
    name: str
    attack: str
    step: str
    token: bytes
    on: str = "request"


def head(major: int, argument: int, size: int | None = None) -> bytes:
    """Return an item's first bytes; a `size` of 1, 2, 4 or 8 forces a longer form."""
    first = major << 5
    if size is None:
        if argument < 24:
            return bytes([first | argument])
        size = next(each for each in (1, 2, 4, 8) if argument < 1 << 8 * each)
    form = {1: (24, ">B"), 2: (25, ">H"), 4: (26, ">I"), 8: (27, ">Q")}[size]
    return bytes([first | form[0]]) + struct.pack(form[1], argument)


def raw(data: bytes, size: int | None = None) -> bytes:
    """Return a byte string, its length in a longer form if a `size` is given."""
    return head(2, len(data), size) + data


def pairs(*items: tuple[object, bytes], length: int | None = None) -> bytes:
    """Return a map of these pairs, in this order; a key is a value or bytes ready to stand."""
    body = b"".join(
        (key if type(key) is bytes else encode(key)) + value for key, value in items
    )
    return head(5, len(items) if length is None else length) + body


def of(value: dict[int, object]) -> list[tuple[object, bytes]]:
    """Return the pairs of a map in their deterministic order, ready to be bent."""
    return sorted(((key, encode(item)) for key, item in value.items()), key=_order)


def envelope(
    protected: bytes,
    payload: bytes,
    signer: Ed25519Signer,
    *,
    unprotected: bytes = b"\xa0",
    tag: bytes = b"\xd2",
    signature: bytes | None = None,
) -> bytes:
    """Return an envelope whose signature holds over what stands in it, unless one is given."""
    signed = encode(["Signature1", protected, b"", payload])
    given = signer.sign(signed) if signature is None else signature
    return tag + b"\x84" + raw(protected) + unprotected + raw(payload) + raw(given)


def zeros(count: int) -> bytes:
    """Return a ZLIB stream of so many zeros, the same with every version of zlib."""
    repeats, rest = divmod(count - 1, 258)
    bits = "1" + "10" + "00110000" + ("11000101" + "00000") * repeats + "00110000" * rest
    bits += "0000000"
    bits += "0" * (-len(bits) % 8)
    packed = bytes(int(bits[n : n + 8][::-1], 2) for n in range(0, len(bits), 8))
    return b"\x78\xda" + packed + zlib.adler32(bytes(count)).to_bytes(4)


def _order(pair: tuple[object, bytes]) -> bytes:
    return encode(pair[0])
