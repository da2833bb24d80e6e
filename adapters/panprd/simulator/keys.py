"""The simulated region's keys: made on the first start, kept in its home folder.

They are real keys, protected by nothing but the folder's permissions.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cose import ED25519, Ed25519Signer, KeyRecord
from identity.key_set import LIFETIME, KeySet, sign_key_set
from identity.sealing import SealingKey
from identity.verifier import ASSERTION

_SIZE = 4 * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionKeys:
    """What one region signs, opens boxes and names residents with, and its root."""

    root: Ed25519Signer
    signer: Ed25519Signer
    sealing: SealingKey
    pseudonym: bytes = field(repr=False)
    made_at: datetime

    @property
    def records(self) -> tuple[KeyRecord, ...]:
        """What the region publishes of them."""
        expires = self.made_at + timedelta(days=365)
        signing = KeyRecord(
            public_key=self.signer.public_key,
            algorithm=ED25519,
            use=frozenset({ASSERTION.typ}),
            not_before=self.made_at,
            expires=expires,
        )
        return signing, self.sealing.record(not_before=self.made_at, expires=expires)

    def signed(self, region: str, now: datetime) -> bytes:
        """Return what it publishes as its root signs it, each hour of `now` the same."""
        issued_at = now.replace(minute=0, second=0, microsecond=0)
        keys = KeySet(
            issuer=region,
            serial=int(issued_at.timestamp()),
            issued_at=issued_at,
            expires_at=issued_at + LIFETIME,
            origin=f"simulator.{region.lower()}.example",
            records=self.records,
        )
        return sign_key_set(keys, self.root)


def load_keys(home: Path, random_bytes: Callable[[int], bytes]) -> RegionKeys:
    """Return the keys in `home`, made first where there are none."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / "keys"
    # Those made before regions had a root are made anew.
    if not path.exists() or path.stat().st_size != _SIZE:
        _write_once(path, random_bytes(_SIZE))
    secrets = path.read_bytes()
    root = Ed25519Signer(secrets[96:128])
    # For whoever enrols the region: there is nobody to compare it with.
    (home / "root.pub").write_text(root.public_key.hex())
    return RegionKeys(
        root=root,
        signer=Ed25519Signer(secrets[:32]),
        sealing=SealingKey.from_seed(secrets[32:64]),
        pseudonym=secrets[64:96],
        made_at=datetime.fromtimestamp(int(path.stat().st_mtime), UTC),
    )


def _write_once(path: Path, secrets: bytes) -> None:
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets)
    part.rename(path)
