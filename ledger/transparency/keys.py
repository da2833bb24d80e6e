"""The keys of one log: one record under its kid for each use, or none.

Receipts name their key; checkpoints do not state a time, so both are judged by
when the receipt was issued, and a rotated key has to sign the latest head anew.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cose import KeyRecord
from ledger.transparency.errors import NoteRefused
from ledger.transparency.note_key import LOG, NoteKey

RECEIPT: Final = "application/scitt-receipt+cose"
CHECKPOINT: Final = "c2sp.org/tlog-checkpoint"
VIEW_CERTIFICATE: Final = "application/tongban-view-certificate+cose"
"""What a log's key may be used for."""


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The key records of the log that calls itself `origin`."""

    origin: str
    records: tuple[KeyRecord, ...]

    def for_receipt(self, kid: bytes, at: datetime) -> KeyRecord | None:
        """Return the key that may have signed a receipt at `at` under `kid`."""
        return self._named(RECEIPT, kid, at)

    def for_certificate(self, kid: bytes, at: datetime) -> KeyRecord | None:
        """Return the key that may have certified a view at `at` under `kid`."""
        return self._named(VIEW_CERTIFICATE, kid, at)

    def note_keys(self) -> list[NoteKey]:
        """Return all of them as keys that sign notes, whenever each counts."""
        return [NoteKey(self.origin, LOG, record.public_key) for record in self.records]

    def for_checkpoint(self, at: datetime) -> list[NoteKey]:
        """Return the keys that may have signed a checkpoint at `at`."""
        return [
            NoteKey(self.origin, LOG, record.public_key)
            for record in self._valid(CHECKPOINT, at)
        ]

    def _named(self, use: str, kid: bytes, at: datetime) -> KeyRecord | None:
        found = (record for record in self._valid(use, at) if record.kid == kid)
        return next(found, None)

    def _valid(self, use: str, at: datetime) -> list[KeyRecord]:
        return [r for r in self.records if use in r.use and r.is_valid_at(at)]


def note_keys_in(records: Iterable[KeyRecord], use: str, name: str, kind: int) -> list[NoteKey]:
    """Return the keys that `records` have for `use`, under `name`.

    One that can sign no note is passed over: the records may be another's, and the
    other keys count all the same.
    """
    found = []
    for record in records:
        if use in record.use:
            with suppress(NoteRefused):
                found.append(NoteKey(name, kind, record.public_key))
    return found
