"""Whose keys we trust, for what: one record under issuer, kid and `typ`, or none.

Keys are never tried in turn, and a token cannot bring, name or fetch its own.
What stands here changes while it is used: an issuer's keys all at once.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, Self

import cose
from cose import KeyRecord
from identity.errors import TokenRefused

SEALING: Final = "sealed-box"
"""The use of an X25519 key that opens sealed boxes."""


class Trust:
    """The keys of every issuer we accept, looked up and never searched.

    `missed` is told of an issuer we know and a key of theirs that we do not: what
    it does about that comes too late for the token at hand.
    """

    def __init__(
        self,
        issuers: Mapping[str, Iterable[KeyRecord]],
        missed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._issuers = {issuer: _by_kid(records) for issuer, records in issuers.items()}
        self.missed = missed

    def __repr__(self) -> str:
        return f"Trust({sorted(self._issuers)})"

    def find(self, issuer: str, kid: bytes, typ: str) -> KeyRecord:
        """Return the one key that may stand under these three, or raise `TokenRefused`."""
        known = self._issuers.get(issuer)
        record = None if known is None else known.get(kid)
        if record is None or typ not in record.use:
            if known is not None and record is None:
                self.missed(issuer)
            raise TokenRefused("trust: no key of this issuer may sign such a token")
        return record

    def sealing_key(self, issuer: str, at: datetime) -> KeyRecord:
        """Return the newest key of `issuer` that identifiers may be sealed to at `at`."""
        found = [
            record
            for record in self.keys_of(issuer)
            if SEALING in record.use and record.is_valid_at(at)
        ]
        if not found:
            raise TokenRefused("trust: this region has no key to seal identifiers to")
        return max(found, key=lambda record: (record.not_before, record.kid))

    def keys_of(self, issuer: str) -> tuple[KeyRecord, ...]:
        """Return every key of `issuer` that is trusted with anything."""
        return tuple(self._issuers.get(issuer, {}).values())

    def put(self, issuer: str, records: Iterable[KeyRecord]) -> None:
        """Trust `issuer` with `records` from now on, and with nothing else."""
        self._issuers[issuer] = _by_kid(records)

    def with_issuer(self, issuer: str, records: Iterable[KeyRecord]) -> Self:
        """Return a trust like this one, in which `issuer` has `records` and no others."""
        # Of a copy: somebody else may be trusted meanwhile, in another thread.
        issuers = {name: tuple(known.values()) for name, known in {**self._issuers}.items()}
        return type(self)({**issuers, issuer: tuple(records)}, self.missed)

    def drop(self, issuer: str) -> None:
        """Trust `issuer` with nothing any more."""
        self._issuers.pop(issuer, None)


def encode_keys(records: Iterable[KeyRecord]) -> bytes:
    """Return the COSE_KeySet a region publishes at `/.well-known/cose-keys`."""
    return cose.encode_key_set(records)


def decode_keys(data: bytes) -> tuple[KeyRecord, ...]:
    """Return the keys a region published, or raise `TokenRefused`."""
    try:
        return cose.decode_key_set(data)
    except cose.CoseError as error:
        raise TokenRefused(f"trust: {error}") from error


def _by_kid(records: Iterable[KeyRecord]) -> dict[bytes, KeyRecord]:
    return {record.kid: record for record in records}
