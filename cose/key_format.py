"""COSE_Key and COSE_KeySet (RFC 9052, 7): how key records travel and rest.

Use and times have no label in COSE and stand under private ones of ours. A kid
that does not follow from its key is refused: it could point at another's.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cose import cbor
from cose.algorithms import Algorithm, algorithm_of
from cose.errors import KeyRefused
from cose.keys import KeyRecord


def encode_key_set(records: Iterable[KeyRecord]) -> bytes:
    """Return a COSE_KeySet of `records`, in their order."""
    return cbor.encode([_to_map(record) for record in records])


def decode_key_set(data: bytes) -> tuple[KeyRecord, ...]:
    """Return every key of a COSE_KeySet; one bad key refuses them all."""
    keys = cbor.decode(data)
    if not isinstance(keys, list) or not keys:
        raise KeyRefused("a COSE_KeySet is an array of at least one key")
    records = tuple(_from_map(key) for key in keys)
    if len({record.kid for record in records}) < len(records):
        raise KeyRefused("a COSE_KeySet names one key twice")
    return records


_KTY, _KID, _ALG, _CRV = 1, 2, 3, -1
_USE, _NOT_BEFORE, _EXPIRES, _REVOKED_AT = -70030, -70031, -70032, -70033

_REQUIRED = {
    _KTY: int,
    _KID: bytes,
    _ALG: int,
    _CRV: int,
    _USE: list,
    _NOT_BEFORE: int,
    _EXPIRES: int,
}


def _to_map(record: KeyRecord) -> dict[int, Any]:
    key: dict[int, Any] = {
        **algorithm_of(record.algorithm).members(record.public_key),
        _KID: record.kid,
        _ALG: record.algorithm,
        _USE: sorted(record.use),
        _NOT_BEFORE: int(record.not_before.timestamp()),
        _EXPIRES: int(record.expires.timestamp()),
    }
    if record.revoked_at is not None:
        key[_REVOKED_AT] = int(record.revoked_at.timestamp())
    return key


def _from_map(key: Any) -> KeyRecord:
    algorithm = _algorithm_of(key)
    _check_members(key, algorithm)
    record = KeyRecord(
        public_key=b"".join(key[label] for label in algorithm.coordinates),
        algorithm=algorithm.number,
        use=frozenset(key[_USE]),
        not_before=_moment(key[_NOT_BEFORE]),
        expires=_moment(key[_EXPIRES]),
        revoked_at=_moment(key[_REVOKED_AT]) if _REVOKED_AT in key else None,
    )
    if key[_KID] != record.kid:
        raise KeyRefused("a COSE_Key's kid does not follow from the key (RFC 9679)")
    return record


def _algorithm_of(key: Any) -> Algorithm:
    if not isinstance(key, dict) or type(key.get(_ALG)) is not int:
        raise KeyRefused("a COSE_Key is a map that names its algorithm")
    return algorithm_of(key[_ALG])


def _check_members(key: dict[Any, Any], algorithm: Algorithm) -> None:
    required = _REQUIRED | dict.fromkeys(algorithm.coordinates, bytes)
    if key.keys() - {_REVOKED_AT} != required.keys():
        raise KeyRefused("a COSE_Key holds exactly the members we know")
    for label, kind in required.items():
        if type(key[label]) is not kind:
            raise KeyRefused(f"member {label} of a COSE_Key is not of its type")
    if (key[_KTY], key[_CRV]) != (algorithm.key_type, algorithm.curve):
        raise KeyRefused("a COSE_Key's type, curve and algorithm do not belong together")
    if any(len(key[label]) != algorithm.size for label in algorithm.coordinates):
        raise KeyRefused("a coordinate of a COSE_Key has another length")
    if not all(type(use) is str for use in key[_USE]):
        raise KeyRefused("the uses of a COSE_Key are texts")


def _moment(seconds: Any) -> datetime:
    if type(seconds) is not int:
        raise KeyRefused("a time in a COSE_Key is a whole number of seconds")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise KeyRefused("a time in a COSE_Key is out of range") from error
