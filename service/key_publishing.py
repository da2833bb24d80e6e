"""Making, exchanging and revoking our own keys, each time under a set signed anew.

Secrets are written before the set that names them, and destroyed after the one
that revokes them. Cut short in between, the set there is still holds, and the
same command can be given again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from cose import Ed25519Signer, KeyRecord
from identity.key_set import KEY_SET, LIFETIME, KeySet, open_key_set, sign_key_set
from ledger.errors import HomeUnusable
from ledger.generations import add_generation, destroy, generations
from ledger.home import Home, replace_durably
from service.key_uses import USES, use_of
from service.own_keys import ending, session_keys
from service.own_root import exchanging, follow_roots, own_roots


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Writes the key sets of the home of `region`, signed by its `root`.

    `also` are the keys that are published and not kept here: the log's, and the
    one that cosigns. `origin` is the name of our log.
    """

    home: Home
    region: str
    root: Ed25519Signer
    origin: str
    also: tuple[KeyRecord, ...]
    now: datetime
    random: Callable[[int], bytes] = field(repr=False)

    def publish(self) -> KeySet:
        """Sign the keys there are anew, or for the first time."""
        with exchanging(self.home):
            return self._write(self._own())

    def rotate(self, use: str) -> KeySet | None:
        """Make the next key of `use`; it signs once everybody can know it.

        Keys of sessions are in no set, so there is none to return.
        """
        with exchanging(self.home):
            if not USES[use].published:
                add_generation(self.home, USES[use].file, self.random, made=self.now)
                return None
            return self._write([*self._replaced(use), self._made(use)])

    def revoke(self, kid: bytes) -> KeySet | None:
        """Take a key back, from now on and for good; its place is taken at once.

        Raises `HomeUnusable` where the home has no such key.
        """
        with exchanging(self.home):
            for key in session_keys(self.home):
                if key.record.kid == kid:
                    self._replace_session_key(key.seed)
                    return None
            return self._revoke_published(kid)

    def announce(self, root: KeyRecord) -> KeySet:
        """Sign the keys there are for the last time, under a set that names the next root.

        What the home has of the one that signs is destroyed.
        """
        with exchanging(self.home):
            own = [record for record in self._own() if KEY_SET not in record.use]
            return self._write([*own, root])

    def _revoke_published(self, kid: bytes) -> KeySet:
        own = self._own()
        record = next((r for r in own if r.kid == kid), None)
        if record is None or KEY_SET in record.use:
            beside = any(r.kid == kid for r in self.also)
            why = _BESIDE if beside else "there is no key of ours with this id"
            raise HomeUnusable(f"{kid.hex()} cannot be revoked: {why}; see `tongban keys`")
        if record.revoked_at is not None:
            raise HomeUnusable(f"{kid.hex()} is revoked already, since {record.revoked_at:%F}")
        use = use_of(record)
        left = [replace(r, revoked_at=self.now) if r.kid == kid else r for r in own]
        peers = [r for r in left if use_of(r) == use and r.is_valid_at(self.now)]
        if not any(r.not_before >= record.not_before for r in peers):
            left.append(self._made(use))
        keys = self._write(left)
        for seed, at in generations(self.home, USES[use].file):
            if USES[use].record(seed, at).kid == kid:
                destroy(self.home, USES[use].file, seed)
        return keys

    def _replace_session_key(self, seed: bytes) -> None:
        file = USES["sessions"].file
        if len(generations(self.home, file)) == 1:
            add_generation(self.home, file, self.random, made=self.now)
        destroy(self.home, file, seed)

    def _own(self) -> list[KeyRecord]:
        """Return the records of our own keys, made from the home's first secrets if need be."""
        found = read_published(self.home, self.region)
        if found is None:
            uses = [use for use in USES.values() if use.published]
            return [use.record(*generations(self.home, use.file)[0]) for use in uses]
        ours = {kind for use in USES.values() for kind in use.typs} | {KEY_SET}
        return [record for record in found[1].records if record.use & ours]

    def _replaced(self, use: str) -> list[KeyRecord]:
        overlap = USES[use].overlap
        return [
            ending(record, self.now, overlap)
            if use_of(record) == use and record.is_valid_at(self.now)
            else record
            for record in self._own()
        ]

    def _made(self, use: str) -> KeyRecord:
        seed = add_generation(self.home, USES[use].file, self.random, made=self.now)
        return USES[use].record(seed, self.now)

    def _write(self, own: Iterable[KeyRecord]) -> KeySet:
        found = read_published(self.home, self.region)
        roots = () if found is None else found[1].roots
        if roots and self.root.public_key not in [each.public_key for each in roots]:
            raise HomeUnusable("this root announced another: name the file of that with --root")
        keys = KeySet(
            issuer=self.region,
            serial=1 if found is None else found[1].serial + 1,
            issued_at=self.now,
            expires_at=self.now + LIFETIME,
            origin=self.origin,
            records=(*own, *self.also),
        )
        token = sign_key_set(keys, self.root)
        replace_durably(set_file(self.home), token)
        follow_roots(self.home, token, keys)
        return keys


def set_file(home: Home) -> Path:
    """The file of the set that we publish."""
    return home.keys / "set"


def read_published(home: Home, region: str | None = None) -> tuple[bytes, KeySet] | None:
    """Return the set that we publish, as a token and read, or `None` before the first.

    Raises `TokenRefused` where it is not of our root, or of another region than `region`.
    """
    try:
        token = set_file(home).read_bytes()
    except FileNotFoundError:
        return None
    return token, open_key_set(token, issuer=region, roots=own_roots(home))


_BESIDE = "it is the log's or the witness's; `tongban rotate-log-key` exchanges the log's"
