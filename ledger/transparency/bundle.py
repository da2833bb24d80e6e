"""What an applicant keeps: an entry, its receipt, the log's keys and its checkpoint.

One file that proves itself offline. Without keys of one's own to compare with,
it proves only that it agrees with itself: `Proven.trusted` says which, and
`Proven.keys` are then what to compare with the keys the log publishes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from cose import CoseError, KeyRecord, decode, decode_key_set, encode, encode_key_set
from ledger.transparency.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from ledger.transparency.errors import BundleRefused, NoteRefused, ReceiptRefused
from ledger.transparency.keys import LogKeys
from ledger.transparency.note import Note
from ledger.transparency.note_key import NoteKey
from ledger.transparency.receipt import Receipt, verify_receipt

BUNDLE_LIMIT: Final = 262_144

CHECKS: Final = ("form", "keys", "receipt", "checkpoint", "agreement", "digest")
"""What is checked, in this order; a refused bundle names the first that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What a bundle proves: the log held `entry` when it had the receipt's root."""

    entry: bytes = field(repr=False)
    receipt: Receipt
    cosigned: Mapping[NoteKey, int]
    keys: LogKeys
    trusted: bool


def make_bundle(
    *, entry: bytes, receipt: bytes, keys: Iterable[KeyRecord], checkpoint: bytes
) -> bytes:
    """Return the bundle of these; the checkpoint is the one the receipt was made under."""
    parts: dict[str, Any] = {
        "form": _FORM,
        "entry": entry,
        "receipt": receipt,
        "keys": encode_key_set(keys),
        "checkpoint": checkpoint,
    }
    return encode(parts | {"digest": _digest(parts)})


def verify_bundle(
    data: bytes, trusted: LogKeys | None = None, witnesses: Iterable[NoteKey] = ()
) -> Proven:
    """Return what the bundle in `data` proves, or raise `BundleRefused`."""
    # 1. One CBOR map of the parts, and of nothing else.
    parts = _parts(data)
    # 2. Its keys are ones we trust; without any, they are all there is to go by.
    keys = _keys(parts, trusted)
    # 3. The receipt is of this entry, from this log.
    receipt = _receipt(parts, keys)
    # 4. The checkpoint was signed by the log, with a key of that time.
    signed = _checkpoint(parts, keys, receipt, witnesses)
    # 5. Both speak of the same tree.
    if (signed.checkpoint.size, signed.checkpoint.root) != (receipt.size, receipt.root):
        raise BundleRefused("agreement", "receipt and checkpoint are of different trees")
    # 6. What no signature covers was not damaged either: the keys' own times, and
    #    cosignatures of witnesses that are not known here.
    if parts.pop("digest") != _digest(parts):
        raise BundleRefused("digest", "the file was damaged")
    return Proven(
        entry=parts["entry"],
        receipt=receipt,
        cosigned=signed.cosigned,
        keys=keys,
        trusted=trusted is not None,
    )


_FORM = 1
_TYPES = {
    "form": int,
    "entry": bytes,
    "receipt": bytes,
    "keys": bytes,
    "checkpoint": bytes,
    "digest": bytes,
}


def _parts(data: bytes) -> dict[str, Any]:
    try:
        parts = decode(data, limit=BUNDLE_LIMIT)
    except CoseError as error:
        raise BundleRefused("form", str(error)) from error
    if type(parts) is not dict or parts.keys() != _TYPES.keys():
        raise BundleRefused("form", "not the parts of a bundle")
    if any(type(parts[name]) is not kind for name, kind in _TYPES.items()):
        raise BundleRefused("form", "a part is not of its type")
    if parts["form"] != _FORM:
        raise BundleRefused("form", "a form that is not known here")
    return parts


def _keys(parts: Mapping[str, Any], trusted: LogKeys | None) -> LogKeys:
    try:
        records = decode_key_set(parts["keys"])
        origin = Checkpoint.parse(Note.parse(parts["checkpoint"]).text).origin
    except CoseError as error:
        raise BundleRefused("keys", str(error)) from error
    except NoteRefused as error:
        raise BundleRefused("checkpoint", str(error)) from error
    if trusted is None:
        return LogKeys(origin, records)
    # By the keys alone: what we know of them now may say more than the file could.
    if not {r.public_key for r in records} <= {r.public_key for r in trusted.records}:
        raise BundleRefused("keys", "other keys than the trusted ones")
    return trusted


def _receipt(parts: Mapping[str, Any], keys: LogKeys) -> Receipt:
    try:
        return verify_receipt(parts["receipt"], parts["entry"], keys)
    except ReceiptRefused as error:
        raise BundleRefused("receipt", str(error)) from error


def _checkpoint(
    parts: Mapping[str, Any], keys: LogKeys, receipt: Receipt, witnesses: Iterable[NoteKey]
) -> SignedCheckpoint:
    try:
        own = keys.for_checkpoint(receipt.issued_at)
        return open_checkpoint(parts["checkpoint"], own, witnesses)
    except NoteRefused as error:
        raise BundleRefused("checkpoint", str(error)) from error


def _digest(parts: Mapping[str, Any]) -> bytes:
    return sha256(encode(dict(parts))).digest()
