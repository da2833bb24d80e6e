"""COSE_Sign1 (RFC 9052, 4.2) as we speak it: one tag, every header protected.

Parsing proves structure and nothing else. Whoever reads `payload` first calls
`verify` with the one key record found under the issuer, `kid` and `typ`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from cose import cbor
from cose.algorithms import algorithm_of
from cose.errors import CborRefused, EnvelopeRefused, SignatureRefused
from cose.keys import KID_BYTES, KeyRecord, kid_of
from cose.signing import Signer

TOKEN_LIMIT: Final = 4096

ALG, KID, TYP = 1, 4, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign1:
    """A well-formed envelope whose signature may still be anything."""

    algorithm: int
    kid: bytes
    typ: str
    protected: Mapping[int, Any]
    unprotected: Mapping[int, Any]
    payload: bytes | None = field(repr=False)
    signature: bytes = field(repr=False)
    protected_bytes: bytes = field(repr=False)

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
        protected_bytes, loose, payload, signature = _outer(data, limit)
        _require(type(protected_bytes) is bytes, "the protected headers are not bytes")
        _require(
            payload is None if detached else type(payload) is bytes,
            "the payload is out of place",
        )
        _require(type(signature) is bytes, "the signature is not bytes")
        headers = _header_map(
            _decoded(protected_bytes, limit), {ALG, KID, TYP, *also_protected}
        )
        _require(type(headers[ALG]) is int, "alg is not a number")
        _require(
            type(headers[KID]) is bytes and len(headers[KID]) == KID_BYTES, "kid is not 8 bytes"
        )
        _require(type(headers[TYP]) is str, "typ is not text")
        return cls(
            algorithm=headers[ALG],
            kid=headers[KID],
            typ=headers[TYP],
            protected=headers,
            unprotected=_header_map(loose, set(unprotected)),
            payload=payload,
            signature=signature,
            protected_bytes=protected_bytes,
        )

    def verify(self, record: KeyRecord, *, payload: bytes | None = None) -> None:
        """Raise `SignatureRefused` unless the key in `record` signed headers and payload.

        `payload` is what a detached signature covers. Whether the key may be
        used for this `typ`, and was valid at the time, is for the caller to ask.
        """
        if self.kid != record.kid or self.algorithm != record.algorithm:
            raise SignatureRefused("the key is not recorded with this kid and algorithm")
        covered = self.payload if self.payload is not None else payload
        if covered is None:
            raise SignatureRefused("a detached payload has to be given")
        message = to_be_signed(self.protected_bytes, covered)
        verify = algorithm_of(record.algorithm).verify
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
    kid = kid_of(signer.public_key, signer.algorithm)
    headers = {ALG: signer.algorithm, KID: kid, TYP: typ, **(also_protected or {})}
    protected = cbor.encode(headers)
    signature = signer.sign(to_be_signed(protected, payload))
    body = [protected, dict(unprotected or {}), None if detached else payload, signature]
    return _TAG_18 + cbor.encode(body)


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Return the Sig_structure (RFC 9052, 4.4), with no external data."""
    return cbor.encode(["Signature1", protected, b"", payload])


_TAG_18 = b"\xd2"


def _outer(data: bytes, limit: int) -> list[Any]:
    _require(len(data) <= limit, f"{len(data)} bytes where at most {limit} are taken")
    _require(data[:1] == _TAG_18, "not a COSE_Sign1 with tag 18")
    outer = _decoded(data[1:], limit)
    _require(type(outer) is list and len(outer) == 4, "not an array of four")
    return outer  # type: ignore[no-any-return]


def _decoded(data: bytes, limit: int) -> Any:
    try:
        return cbor.decode(data, limit=limit)
    except CborRefused as error:
        raise EnvelopeRefused(f"the envelope is not our CBOR: {error}") from error


def _header_map(headers: Any, labels: set[int]) -> dict[int, Any]:
    _require(type(headers) is dict, "headers are not a map")
    _require(headers.keys() == labels, "headers other than the expected ones")
    return headers  # type: ignore[no-any-return]


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise EnvelopeRefused(otherwise)
