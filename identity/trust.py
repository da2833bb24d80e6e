"""Whose keys we trust, for what: one record under issuer, kid and `typ`, or none.

Keys are never tried in turn, and a token cannot bring, name or fetch its own.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Self

import cose
from cose import KeyRecord
from identity.errors import TokenRefused

SEALING: Final = "sealed-box"
"""The use of an X25519 key that opens sealed boxes."""


class Trust:
    """The keys of every issuer we accept, looked up and never searched."""

    def __init__(self, issuers: Mapping[str, Iterable[KeyRecord]]) -> None:
        self._records = {
            (issuer, record.kid): record
            for issuer, records in issuers.items()
            for record in records
        }

    def __repr__(self) -> str:
        return f"Trust({sorted({issuer for issuer, _ in self._records})})"

    def find(self, issuer: str, kid: bytes, typ: str) -> KeyRecord:
        """Return the one key that may stand under these three, or raise `TokenRefused`."""
        record = self._records.get((issuer, kid))
        if record is None or typ not in record.use:
            raise TokenRefused("trust: no key of this issuer may sign such a token")
        return record

    def sealing_key(self, issuer: str, at: datetime) -> KeyRecord:
        """Return the newest key of `issuer` that identifiers may be sealed to at `at`."""
        found = [
            record
            for (owner, _), record in self._records.items()
            if owner == issuer and SEALING in record.use and record.is_valid_at(at)
        ]
        if not found:
            raise TokenRefused("trust: this region has no key to seal identifiers to")
        return max(found, key=lambda record: (record.not_before, record.kid))

    def with_issuer(self, issuer: str, records: Iterable[KeyRecord]) -> Self:
        """Return this trust with the keys of `issuer` replaced by `records`."""
        issuers: dict[str, list[KeyRecord]] = {issuer: list(records)}
        for (owner, _), record in self._records.items():
            if owner != issuer:
                issuers.setdefault(owner, []).append(record)
        return type(self)(issuers)


def encode_keys(records: Iterable[KeyRecord]) -> bytes:
    """Return the COSE_KeySet a region publishes at `/.well-known/cose-keys`."""
    return cose.encode_key_set(records)


def decode_keys(data: bytes) -> tuple[KeyRecord, ...]:
    """Return the keys a region published, or raise `TokenRefused`."""
    try:
        return cose.decode_key_set(data)
    except cose.CoseError as error:
        raise TokenRefused(f"trust: {error}") from error
