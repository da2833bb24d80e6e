"""The receipt of an entry (RFC 9942): anyone can check it, now or in years.

Size and index stand unprotected in the standard, where the same path leads to
the same root for several pairs; so the size is also signed, and an index is
never shown as proven. A log of one entry has no receipt: its path is empty.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self
from uuid import UUID

from cose import CborRefused, CoseError, Sign1, Signer, decode, encode, sign1
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.errors import ProofRefused, ReceiptRefused
from ledger.transparency.keys import RECEIPT, LogKeys
from ledger.transparency.merkle import leaf_hash
from ledger.transparency.proof import root_from, verify_inclusion

RECEIPT_LIMIT: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a verified receipt proves: the log held the entry when it had this root."""

    log: str
    stream: UUID
    issued_at: datetime
    size: int
    root: bytes


def make_receipt(
    signer: Signer,
    *,
    entry: bytes,
    index: int,
    path: list[bytes],
    checkpoint: Checkpoint,
    issued_at: datetime,
) -> bytes:
    """Return the receipt of `entry` under `checkpoint`.

    Raises `ProofRefused` if the path does not prove it, `ReceiptRefused` if
    there is none to show.
    """
    if not path:
        raise ReceiptRefused("a log of one entry has no receipt (RFC 9942, 5.2)")
    size, root = checkpoint.size, checkpoint.root
    verify_inclusion(leaf_hash(entry), index, size, path, root)
    claims = {
        _LOG: checkpoint.origin,
        _STREAM: str(stream_of(entry)),
        _ISSUED_AT: int(issued_at.timestamp()),
        _SIZE: size,
    }
    return sign1(
        signer,
        typ=RECEIPT,
        payload=root,
        also_protected={_CLAIMS: claims, _VDS: _RFC9162_SHA256},
        unprotected={_VDP: {_INCLUSION: [encode([size, index, path])]}},
        detached=True,
    )


def verify_receipt(data: bytes, entry: bytes, keys: LogKeys) -> Receipt:
    """Return what the receipt in `data` proves of `entry`, or raise `ReceiptRefused`."""
    return verify_leaf_receipt(data, leaf_hash(entry), stream_of(entry), keys)


def verify_leaf_receipt(data: bytes, leaf: bytes, stream: UUID, keys: LogKeys) -> Receipt:
    """Return what the receipt proves of the entry of `stream` whose leaf was kept.

    Raises `ReceiptRefused`. That the entry is of this stream is for the caller to know.
    """
    # 1. The envelope has a receipt's headers and no other (RFC 9052, 4.2; RFC 9942, 4).
    envelope = _envelope(data)
    # 2. The claims name this log and the entry's stream (RFC 9597, 2; RFC 8392, 3.1).
    claims = _Claims.read(envelope.protected[_CLAIMS])
    _require(claims.log == keys.origin, "another log's")
    _require(claims.stream == str(stream), "of another stream")
    # 3. One inclusion proof, in the tree whose size is signed (RFC 9942, 5.2).
    size, index, path = _proof(envelope.unprotected[_VDP])
    _require(size == claims.size, "the proof is in a tree of another size")
    # 4. The path leads from the entry's leaf to a root (RFC 9162, 2.1.3.2).
    root = _root(leaf, index, size, path)
    # 5. The key was the log's, for receipts, when this one was issued.
    record = keys.for_receipt(envelope.kid, claims.issued_at)
    if record is None:
        raise ReceiptRefused("no key of this log may have signed it")
    # 6. The signature covers the headers and that root (RFC 9052, 4.4).
    try:
        envelope.verify(record, payload=root)
    except CoseError as error:
        raise ReceiptRefused(str(error)) from error
    return Receipt(
        log=claims.log,
        stream=UUID(claims.stream),
        issued_at=claims.issued_at,
        size=size,
        root=root,
    )


def stream_of(entry: bytes) -> UUID:
    """Return the stream that an entry's stored bytes name, or raise `ReceiptRefused`."""
    try:
        array = decode(entry)
    except CborRefused as error:
        raise ReceiptRefused(f"not an entry: {error}") from error
    stream = array[1] if type(array) is list and len(array) > 1 else None
    _require(type(stream) is bytes and len(stream) == 16, "not an entry")
    return UUID(bytes=stream)


_CLAIMS, _VDS, _VDP, _INCLUSION, _RFC9162_SHA256 = 15, 395, 396, -1, 1
_LOG, _STREAM, _ISSUED_AT, _SIZE = 1, 2, 6, -70020
_LATEST = 1 << 35


@dataclass(frozen=True, slots=True)
class _Claims:
    log: str
    stream: str
    issued_at: datetime
    size: int

    @classmethod
    def read(cls, claims: Any) -> Self:
        _require(type(claims) is dict, "the claims are not a map")
        _require(claims.keys() == _CLAIM_TYPES.keys(), "claims other than a receipt's")
        for label, kind in _CLAIM_TYPES.items():
            _require(type(claims[label]) is kind, f"claim {label} is not of its type")
        issued_at = claims[_ISSUED_AT]
        _require(0 <= issued_at < _LATEST, "issued at no time there is")
        return cls(
            claims[_LOG], claims[_STREAM], datetime.fromtimestamp(issued_at, UTC), claims[_SIZE]
        )


_CLAIM_TYPES = {_LOG: str, _STREAM: str, _ISSUED_AT: int, _SIZE: int}


def _envelope(data: bytes) -> Sign1:
    try:
        envelope = Sign1.parse(
            data,
            limit=RECEIPT_LIMIT,
            also_protected={_CLAIMS, _VDS},
            unprotected={_VDP},
            detached=True,
        )
    except CoseError as error:
        raise ReceiptRefused(str(error)) from error
    _require(envelope.typ == RECEIPT, "not called a receipt")
    vds = envelope.protected[_VDS]
    _require(type(vds) is int and vds == _RFC9162_SHA256, "not of a tree of RFC 9162")
    return envelope


def _proof(proofs: Any) -> tuple[int, int, list[bytes]]:
    _require(type(proofs) is dict and proofs.keys() == {_INCLUSION}, "not inclusion proofs")
    each = proofs[_INCLUSION]
    _require(type(each) is list and len(each) == 1, "not one inclusion proof")
    _require(type(each[0]) is bytes, "an inclusion proof is bytes")
    try:
        proof = decode(each[0], limit=RECEIPT_LIMIT)
    except CborRefused as error:
        raise ReceiptRefused(f"the inclusion proof: {error}") from error
    _require(type(proof) is list and [*map(type, proof)] == [int, int, list], "no such proof")
    size, index, path = proof
    _require(bool(path), "an empty path")
    _require({*map(type, path)} == {bytes}, "a step that is not bytes")
    return size, index, path


def _root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    try:
        return root_from(leaf, index, size, path)
    except ProofRefused as error:
        raise ReceiptRefused(str(error)) from error


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ReceiptRefused(otherwise)
