"""COSE_Sign1 (RFC 9052, 4.2) as we speak it: one tag, every header protected.

Parsing proves structure and nothing else. Whoever reads `payload` first calls
`verify` with the one key record found under the issuer, `kid` and `typ`.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NoReturn, Self

import msgspec

from cose import cbor, quick
from cose.algorithms import algorithm_of
from cose.errors import CborRefused, EnvelopeRefused, SignatureRefused
from cose.keys import KID_BYTES, KeyRecord, kid_of
from cose.signing import Signer

TOKEN_LIMIT: Final = 4096

ALG, KID, TYP = 1, 4, 16


class Headers(msgspec.Struct, frozen=True):
    """The protected headers of an envelope, and how what it signs begins (RFC 9052, 4.4)."""

    algorithm: int
    kid: bytes
    typ: str
    every: Mapping[int, Any]
    context: bytes


class Sign1(msgspec.Struct, frozen=True):
    """A well-formed envelope whose signature may still be anything."""

    headers: Headers
    unprotected: Mapping[int, Any]
    payload: bytes | None
    signature: bytes

    def __repr__(self) -> str:
        return f"Sign1(algorithm={self.algorithm}, kid={self.kid.hex()}, typ={self.typ!r})"

    @classmethod
    def parse(
        cls,
        data: bytes,
        *,
        limit: int = TOKEN_LIMIT,
        also_protected: Collection[int] = (),
        unprotected: Collection[int] = (),
        detached: bool = False,
    ) -> Self:
        """Return the envelope in `data`, or raise `EnvelopeRefused`.

        The protected headers are alg, kid, typ and `also_protected`, the
        unprotected ones `unprotected`: all of them, and no other.
        """
        protected, loose, payload, signature = _outer(data, limit)
        if type(protected) is not bytes:
            _refuse("the protected headers are not bytes")
        if type(payload) is not (_NOTHING if detached else bytes):
            _refuse("the payload is out of place")
        if type(signature) is not bytes:
            _refuse("the signature is not bytes")
        if loose != {} or unprotected:
            _check_labels(loose, set(unprotected))
        read = _headers if also_protected or len(protected) > _USUAL else _usual_headers
        return cls(read(protected, *also_protected), loose, payload, signature)

    @property
    def algorithm(self) -> int:
        return self.headers.algorithm

    @property
    def kid(self) -> bytes:
        return self.headers.kid

    @property
    def typ(self) -> str:
        return self.headers.typ

    @property
    def protected(self) -> Mapping[int, Any]:
        return self.headers.every

    def verify(self, record: KeyRecord, *, payload: bytes | None = None) -> None:
        """Raise `SignatureRefused` unless the key in `record` signed headers and payload.

        `payload` is what a detached signature covers. Whether the key may be
        used for this `typ`, and was valid at the time, is for the caller to ask.
        """
        headers = self.headers
        if headers.kid != record.kid or headers.algorithm != record.algorithm:
            raise SignatureRefused("the key is not recorded with this kid and algorithm")
        covered = payload if self.payload is None else self.payload
        if covered is None:
            raise SignatureRefused("a detached payload has to be given")
        verify = algorithm_of(record.algorithm).verify
        message = headers.context + cbor.byte_string(covered)
        if not verify(record.public_key, message, self.signature):
            raise SignatureRefused("the signature is not of this key")


def sign1(
    signer: Signer,
    *,
    typ: str,
    payload: bytes,
    also_protected: Mapping[int, Any] | None = None,
    unprotected: Mapping[int, Any] | None = None,
    detached: bool = False,
) -> bytes:
    """Return the envelope of `payload`, signed; a detached payload is covered but left out."""
    who = signer.algorithm, signer.public_key, typ
    if also_protected or unprotected:
        begin, context = _begin(*who, also_protected or {}, unprotected or {})
    else:
        begin, context = _usual_begin(*who)
    covered = cbor.byte_string(payload)
    signature = cbor.byte_string(signer.sign(context + covered))
    return begin + (_NULL if detached else covered) + signature


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Return the Sig_structure (RFC 9052, 4.4), with no external data."""
    return _context(protected) + cbor.byte_string(payload)


_TAG_18, _TAG_18_OF_FOUR = b"\xd2", b"\xd2\x84"
_NULL, _NOTHING = b"\xf6", type(None)
_USUAL = 256  # Longer headers are not remembered.


def _context(protected: bytes) -> bytes:
    return _SIGNATURE1 + cbor.byte_string(protected) + _NO_EXTERNAL_DATA


_SIGNATURE1, _NO_EXTERNAL_DATA = b"\x84" + cbor.encode("Signature1"), b"\x40"


def _begin(
    algorithm: int, public_key: bytes, typ: str, *more: Mapping[int, Any]
) -> tuple[bytes, bytes]:
    """Return how an envelope begins, and how what it signs does."""
    also, loose = more or ({}, {})
    headers = {ALG: algorithm, KID: kid_of(public_key, algorithm), TYP: typ}
    protected = cbor.encode(headers | dict(also))
    begin = _TAG_18_OF_FOUR + cbor.byte_string(protected) + cbor.encode(dict(loose))
    return begin, _context(protected)


_usual_begin = lru_cache(maxsize=256)(_begin)


def _outer(data: bytes, limit: int) -> list[Any]:
    if len(data) > limit:
        _refuse(f"{len(data)} bytes where at most {limit} are taken")
    if data[:1] != _TAG_18:
        _refuse("not a COSE_Sign1 with tag 18")
    # The types of all four are looked at, so that a quick answer is as good as any.
    outer = quick.decode(data[1:]) or _decoded(data[1:], limit)
    if type(outer) is not list or len(outer) != 4:
        _refuse("not an array of four")
    return outer


def _headers(protected: bytes, *also: int) -> Headers:
    every = _decoded(protected, len(protected))
    _check_labels(every, {ALG, KID, TYP, *also})
    if type(every[ALG]) is not int:
        _refuse("alg is not a number")
    if type(every[KID]) is not bytes or len(every[KID]) != KID_BYTES:
        _refuse("kid is not 8 bytes")
    if type(every[TYP]) is not str:
        _refuse("typ is not text")
    context = _context(protected)
    return Headers(every[ALG], every[KID], every[TYP], MappingProxyType(every), context)


# Few keys sign many tokens, so the same headers come again and again.
_usual_headers = lru_cache(maxsize=256)(_headers)


def _decoded(data: bytes, limit: int) -> Any:
    try:
        return cbor.decode(data, limit=limit)
    except CborRefused as error:
        raise EnvelopeRefused(f"the envelope is not our CBOR: {error}") from error


def _check_labels(headers: Any, labels: set[int]) -> None:
    if type(headers) is not dict or headers.keys() != labels:
        _refuse("headers other than the expected ones")


def _refuse(why: str) -> NoReturn:
    raise EnvelopeRefused(why)
