"""The log's own entries: its birth, the keys it is signed with, and what it witnessed.

A one-leaf tree has an empty inclusion proof, which a COSE receipt cannot carry
(RFC 9942), so the log begins with an entry of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from ledger.personal import Recorded

_LOG = UUID("0b1d7c52-9a5e-4c38-8a55-54a1d1d0c0de")
_WATCHED = UUID("5f1f4c0e-8e0b-4a57-9d0c-6a3b5a7e3c11")


def log_id(origin: str) -> UUID:
    """The stream of the log that calls itself `origin`."""
    return uuid5(_LOG, origin)


def watched_id(origin: str) -> UUID:
    """The stream of what we witnessed of another log, which calls itself `origin`."""
    return uuid5(_WATCHED, origin)


class LogBegan(Recorded, frozen=True):
    """The log was born: its origin line, its tree and the form of its entries."""

    origin: str
    tree: str = "RFC 9162 SHA-256"
    entry_format: int = 1


class LogKeyEnrolled(Recorded, frozen=True):
    """From `not_before` on this key may sign the log's heads and receipts."""

    public_key: bytes
    algorithm: int
    not_before: datetime
    expires: datetime


class LogKeyRetired(Recorded, frozen=True):
    """What this key signs from `retired_at` on does not count; what it signed before does."""

    public_key: bytes
    retired_at: datetime


class LogCosigned(Recorded, frozen=True):
    """As its witness we cosigned another log's checkpoint; the next has to continue it."""

    origin: str
    size: int
    root: bytes
    note: bytes


class LogForked(Recorded, frozen=True):
    """Another log has two histories: of `size` entries in `seen`, and in `shown` others.

    Both heads are signed by it, and we cosigned the one seen. `path` proves that the
    tree of the one shown, of this size or more, has `root` at `size`.
    """

    origin: str
    size: int
    seen: bytes
    shown: bytes
    root: bytes
    path: tuple[bytes, ...]


LogEvent = LogBegan | LogKeyEnrolled | LogKeyRetired | LogCosigned | LogForked
LOG_EVENTS: Mapping[str, type[LogEvent]] = {
    "log.began.v1": LogBegan,
    "log.key_enrolled.v1": LogKeyEnrolled,
    "log.key_retired.v1": LogKeyRetired,
    "log.cosigned.v1": LogCosigned,
    "log.forked.v1": LogForked,
}
