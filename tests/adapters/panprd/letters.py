"""Two made-up regions that write to each other: CN-GX has an application for CN-GD."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from adapters.panprd.acks import ACK
from adapters.panprd.messages import MESSAGE, MessageSealer
from cose import ED25519, Ed25519Signer, KeyRecord
from identity import SealingKey, Trust
from ledger.ports import Message

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
GD, GX, HN = "CN-GD", "CN-GX", "CN-HN"
GD_SIGNER, GX_SIGNER = Ed25519Signer(bytes([1]) * 32), Ed25519Signer(bytes([2]) * 32)
GD_BOX, GX_BOX = SealingKey.from_seed(bytes([4]) * 32), SealingKey.from_seed(bytes([5]) * 32)
ABOUT = UUID("0190c3c8-0000-7000-8000-000000000001")
MESSAGE_TEXT = Message(
    kind="application.forwarded",
    about=ABOUT,
    content={"item": "gd.zhaoqing.food-operation-licence", "form": {"name": "甲某某"}},
)


def signing(signer, *use, **changes):
    fields = {
        "public_key": signer.public_key,
        "algorithm": ED25519,
        "use": frozenset(use or (MESSAGE, ACK)),
        "not_before": NOW - timedelta(days=30),
        "expires": NOW + timedelta(days=30),
    }
    return KeyRecord(**(fields | changes))


def boxing(box):
    return box.record(not_before=NOW - timedelta(days=30), expires=NOW + timedelta(days=30))


TRUST = Trust(
    {GD: [signing(GD_SIGNER), boxing(GD_BOX)], GX: [signing(GX_SIGNER), boxing(GX_BOX)]}
)


def sealer(issuer=GX, signer=GX_SIGNER, trust=TRUST, cti=b"c" * 16):
    return MessageSealer(
        issuer=issuer, signer=lambda: signer, trust=trust, random=lambda _: cti
    )


def sealed(message=MESSAGE_TEXT, *, to=GD, sequence=1, previous=None, now=NOW, by=None):
    by = by or sealer()
    return by.seal(to, sequence, message, now=now, previous=previous)
