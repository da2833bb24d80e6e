"""Our own keys as they are now: which signs, and which still open boxes.

The signed set says which keys we have and when each counts; the home only holds
their secrets. So a key that was not published signs nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

from cose import Ed25519Signer, KeyRecord
from identity import SealingKey, Trust
from identity.errors import KeyMissing
from identity.key_set import KeySet
from ledger.generations import generations
from ledger.home import Home
from service.key_uses import CACHE_TIME, USES


@dataclass(frozen=True, slots=True)
class OwnKey:
    """One key of ours, with its secret where that is still there."""

    record: KeyRecord
    seed: bytes = field(repr=False)


class OwnKeys:
    """The keys of one home, exchanged all at once when a new set is taken."""

    def __init__(self, home: Home, clock: Callable[[], datetime], issuer: str) -> None:
        """`issuer` is who signs sessions, under keys that are ours alone."""
        self._home = home
        self._clock = clock
        self._issuer = issuer
        self._keys: dict[str, tuple[OwnKey, ...]] = {}
        self._signers: dict[bytes, Ed25519Signer] = {}
        self._boxes: tuple[SealingKey, ...] = ()
        self.session_trust = Trust({issuer: ()})
        self.read_sessions()

    def read_sessions(self) -> None:
        """Take the keys of sessions as the home has them."""
        keys = session_keys(self._home)
        self._keys["sessions"] = keys
        self.session_trust.put(self._issuer, [key.record for key in keys])

    def take(self, keys: KeySet) -> None:
        """Go over to what `keys` says of us."""
        for name, use in USES.items():
            if use.published:
                seeds = [seed for seed, _ in generations(self._home, use.file)]
                self._keys[name] = tuple(_held(keys.records, use.record, seeds))
        self._boxes = tuple(
            SealingKey.from_seed(key.seed)
            for key in self._keys["box"]
            if key.record.revoked_at is None
        )

    def signer(self, use: str) -> Ed25519Signer:
        """Return the key that signs now, or raise `KeyMissing`."""
        keys = self._keys.get(use, ())
        record = in_use((key.record for key in keys), self._clock())
        if record is None:
            raise KeyMissing(f"there is no {use} key that may sign; see `tongban keys`")
        if record.kid not in self._signers:
            [seed] = [key.seed for key in keys if key.record is record]
            self._signers[record.kid] = Ed25519Signer(seed)
        return self._signers[record.kid]

    def held(self, use: str) -> tuple[KeyRecord, ...]:
        """Return the keys of `use` whose secrets are here."""
        return tuple(key.record for key in self._keys.get(use, ()))

    def ends(self, use: str) -> datetime | None:
        """Return until when there is a key of `use`, or `None` if there is none now."""
        now = self._clock()
        return max((k.expires for k in self.held(use) if k.is_valid_at(now)), default=None)

    def signing(self, use: str) -> Callable[[], Ed25519Signer]:
        """Return what gives the key that signs at the time it is asked."""
        return partial(self.signer, use)

    def sealing_keys(self) -> tuple[SealingKey, ...]:
        """Return every key that still opens boxes: those replaced too, none revoked."""
        return self._boxes


def in_use(keys: Iterable[KeyRecord], now: datetime) -> KeyRecord | None:
    """Return the newest of `keys` that whoever caches our set knows by `now`.

    Where none has been published for that long, the oldest is known best.
    """
    valid = [key for key in keys if key.is_valid_at(now)]
    known = [key for key in valid if key.not_before + CACHE_TIME <= now]
    if known:
        return max(known, key=age)
    return min(valid, key=age, default=None)


def state_of(key: KeyRecord, peers: Iterable[KeyRecord], now: datetime) -> str:
    """Say in a word how `key` stands among all of its use."""
    if key.revoked_at is not None:
        return "revoked"
    if key.expires <= now:
        return "retired"
    current = in_use(peers, now)
    if current is None or age(key) > age(current):
        return "next"
    return "current" if key == current else "retiring"


def session_keys(home: Home) -> tuple[OwnKey, ...]:
    """Return the keys of sessions; each ends some time after the next begins."""
    use = USES["sessions"]
    made = generations(home, use.file)
    keys = [OwnKey(use.record(seed, at), seed) for seed, at in made]
    ended = [
        replace(key, record=ending(key.record, following.record.not_before, use.overlap))
        for key, following in pairwise(keys)
    ]
    return (*ended, *keys[-1:])


def ending(record: KeyRecord, replaced_at: datetime, overlap: timedelta) -> KeyRecord:
    """Return `record` of a key that was replaced, and outlives that by `overlap`."""
    end = max(replaced_at, record.not_before) + CACHE_TIME + overlap
    return replace(record, expires=min(record.expires, end))


def _held(
    records: Iterable[KeyRecord],
    record_of: Callable[[bytes, datetime], KeyRecord],
    seeds: Sequence[bytes],
) -> Iterable[OwnKey]:
    now = datetime.fromtimestamp(0, UTC)
    by_kid = {record_of(seed, now).kid: seed for seed in seeds}
    for record in records:
        if record.kid in by_kid:
            yield OwnKey(record, by_kid[record.kid])


def age(key: KeyRecord) -> tuple[datetime, datetime, bytes]:
    """What puts keys in their order: of two made in one second the replaced one ends first."""
    return key.not_before, key.expires, key.kid
