"""What is recorded of the keys that departments' systems sign in with.

The key itself is nowhere: only its digest is. All are in one stream, which every server
of the log reads on before it takes one, so that a revoked key counts nowhere any more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger.personal import Recorded

STAFF_KEYS: Final = UUID("8f2d6a1e-0f4b-4c52-9d0c-6b1b6d9f3a27")
"""The stream of all of them."""


class StaffKeyIssued(Recorded, frozen=True):
    """Whoever shows the key with this SHA-256 is `holder`, until it expires.

    `holder` is the number or name of a system or of somebody in an office.
    """

    key: str
    digest: bytes
    holder: str
    role: str
    authority: str | None
    scopes: tuple[str, ...]
    expires_at: datetime


class StaffKeyRevoked(Recorded, frozen=True):
    """The key counts no more."""

    key: str
    reason: str


StaffKeyEvent = StaffKeyIssued | StaffKeyRevoked

STAFF_KEY_EVENTS: Mapping[str, type[StaffKeyEvent]] = {
    "staff_key.issued.v1": StaffKeyIssued,
    "staff_key.revoked.v1": StaffKeyRevoked,
}
