"""Which keys counted when: those we published, and those of partners that we accepted.

Each entry holds the signed set as it was, so whoever has the log and the roots
can say of an old signature whether its key counted then.
"""

from collections.abc import Mapping
from uuid import UUID, uuid5

from ledger.personal import Recorded

_PUBLISHED = UUID("3b9f0d54-6a0e-4a43-9a6b-3d1b3f2c5e01")
_ACCEPTED = UUID("3b9f0d54-6a0e-4a43-9a6b-3d1b3f2c5e02")


def published_id(region: str) -> UUID:
    """The stream of the key sets that we published as `region`."""
    return uuid5(_PUBLISHED, region)


def accepted_id(region: str) -> UUID:
    """The stream of the key sets of the partner `region` that we accepted."""
    return uuid5(_ACCEPTED, region)


class RegionKeysPublished(Recorded, frozen=True):
    """From here on these are our keys."""

    serial: int
    key_set: bytes


class PartnerKeysAccepted(Recorded, frozen=True):
    """From here on these are the keys of `region`, which was enrolled by `root`."""

    region: str
    root: bytes
    serial: int
    key_set: bytes


RegionEvent = RegionKeysPublished | PartnerKeysAccepted
REGION_EVENTS: Mapping[str, type[RegionEvent]] = {
    "region.keys_published.v1": RegionKeysPublished,
    "partner.keys_accepted.v1": PartnerKeysAccepted,
}
