"""What each of our own keys is for, how long it lives, and how long it outlives the next.

A key is never used for two of these. One that is replaced stays published for as
long as something it signed may still come: messages wait for a partner that is
away, and a code on paper is good for half a year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from adapters.panprd.acks import ACK
from adapters.panprd.messages import MESSAGE
from cose import ED25519, Ed25519Signer, KeyRecord
from identity import ASSERTION, REQUEST, SEALING, SESSION, SealingKey
from identity.paper import PAPER
from identity.status import STATUS_LIST
from service.partner_logs import WITNESS_USE
from service.proving.manifest import EVIDENCE

CACHE_TIME: Final = timedelta(minutes=10)
"""How long a new key is published before it signs: twice what our key set may be cached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """One purpose: the file of its secret in the home, the `typ`s it signs, and its times."""

    file: str
    typs: frozenset[str]
    life: timedelta
    overlap: timedelta
    published: bool = True

    def record(self, seed: bytes, not_before: datetime) -> KeyRecord:
        """Return the public record of the key that follows from `seed`."""
        expires = not_before + self.life
        if SEALING in self.typs:
            return SealingKey.from_seed(seed).record(not_before=not_before, expires=expires)
        return KeyRecord(
            public_key=Ed25519Signer(seed).public_key,
            algorithm=ED25519,
            use=self.typs,
            not_before=not_before,
            expires=expires,
        )


USES: Final[Mapping[str, KeyUse]] = {
    "region": KeyUse(
        file="region",
        typs=frozenset({REQUEST.typ, ASSERTION.typ, MESSAGE, ACK, STATUS_LIST, EVIDENCE}),
        life=timedelta(days=730),
        overlap=timedelta(days=30),
    ),
    "box": KeyUse(
        file="region-box",
        typs=frozenset({SEALING}),
        life=timedelta(days=730),
        overlap=timedelta(days=30),
    ),
    "paper": KeyUse(
        file="paper",
        typs=frozenset({PAPER}),
        life=timedelta(days=730),
        overlap=timedelta(days=181),
    ),
    "sessions": KeyUse(
        file="sessions",
        typs=frozenset({SESSION.typ}),
        life=timedelta(days=3650),
        overlap=timedelta(hours=2),
        published=False,
    ),
}


def use_of(record: KeyRecord) -> str:
    """Return the name of what `record` is for, as commands say it."""
    for name, use in USES.items():
        if use.typs & record.use:
            return name
    return "witness" if WITNESS_USE in record.use else "log"
