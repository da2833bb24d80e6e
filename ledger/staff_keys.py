"""Keys for departments' systems: issued and revoked in the log, found by what is shown.

A key is its id and 32 random bytes. The log holds SHA-256 of it, which is enough for what
nobody can guess. Every time one is shown the log is asked for news first, so one that was
revoked counts on no server any more.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from ledger.actor import Actor
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CommandRejected
from ledger.staff_key_events import STAFF_KEYS, StaffKeyEvent, StaffKeyIssued, StaffKeyRevoked
from ledger.streams import next_entry

PREFIX: Final = "tongban_key_"
"""What every key begins with, so that one left in a file is found by who scans for such."""
_ID_BYTES: Final = 8
_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffKey:
    """What is known of a key; whoever shows it is `holder`."""

    key: str
    holder: str
    role: str
    authority: str | None
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def counts(self, now: datetime) -> bool:
        """Tell whether it is to be taken at `now`."""
        return self.revoked_at is None and now < self.expires_at


class StaffKeys:
    """The keys of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, StaffKey] = {}
        self._digests: dict[str, bytes] = {}
        self._version = 0
        self._lock = threading.Lock()

    def issue(
        self,
        holder: str,
        *,
        role: str,
        authority: str | None,
        scopes: Sequence[str],
        expires_at: datetime,
        actor: Actor,
        random: Callable[[int], bytes],
    ) -> str:
        """Record a new key and return it; it is nowhere else and cannot be had again.

        Raises `CommandRejected` for one that would have expired already.
        """
        text, event = made_key(
            holder,
            role=role,
            authority=authority,
            scopes=scopes,
            expires_at=expires_at,
            random=random,
        )
        self.take(event, actor)
        return text

    def take(self, event: StaffKeyIssued, actor: Actor) -> None:
        """Record a key that `made_key` made; raises `CommandRejected` as `issue` does."""
        if event.expires_at <= self._ledger.now():
            raise CommandRejected("a key has to expire later than now")
        self._record(event, actor)

    def revoke(self, key: str, *, reason: str, actor: Actor) -> StaffKey:
        """Let a key count no more, on every server; once more changes nothing.

        Raises `CommandRejected` for an id that no key has.
        """
        known = self.all().get(key)
        if known is None:
            raise CommandRejected("no key has this id; list the keys to see them")
        if known.revoked_at is None:
            self._record(StaffKeyRevoked(key=key, reason=reason), actor)
        return self.all()[key]

    def find(self, shown: str, now: datetime) -> StaffKey | None:
        """Return what `shown` is the key of, if it counts at `now`."""
        id = shown.removeprefix(PREFIX).partition("_")[0]
        known = self.all().get(id)
        right = compare_digest(self._digests.get(id, b""), _digest(shown))
        return known if known is not None and right and known.counts(now) else None

    def counts(self, key: str, now: datetime) -> bool:
        """Tell whether the key with this id is to be taken at `now`."""
        known = self.all().get(key)
        return known is not None and known.counts(now)

    def all(self) -> Mapping[str, StaffKey]:
        """Return every key there ever was, by its id, as the log has them now."""
        with self._lock:
            for entry in self._ledger.entries_beyond(STAFF_KEYS, self._version):
                self._take_in(entry)
                self._version = entry.version
            return dict(self._known)

    def _take_in(self, entry: Entry) -> None:
        match entry.event:
            case StaffKeyIssued() as event:
                self._digests[event.key] = event.digest
                self._known[event.key] = StaffKey(
                    key=event.key,
                    holder=event.holder,
                    role=event.role,
                    authority=event.authority,
                    scopes=event.scopes,
                    issued_at=entry.recorded_at,
                    expires_at=event.expires_at,
                )
            case StaffKeyRevoked(key=key):
                known = self._known[key]
                ended = known.revoked_at or entry.recorded_at
                self._known[key] = replace(known, revoked_at=ended)

    def _record(self, event: StaffKeyEvent, actor: Actor) -> None:
        def job(draft: Draft) -> None:
            draft.add([next_entry(self._ledger, draft, STAFF_KEYS, event, actor)], [])

        self._ledger.write(job)


def made_key(
    holder: str,
    *,
    role: str,
    authority: str | None,
    scopes: Sequence[str],
    expires_at: datetime,
    random: Callable[[int], bytes],
) -> tuple[str, StaffKeyIssued]:
    """Return a new key, which cannot be had again, and what is recorded of it."""
    id = random(_ID_BYTES).hex()
    text = f"{PREFIX}{id}_{random(_SECRET_BYTES).hex()}"
    event = StaffKeyIssued(
        key=id,
        digest=_digest(text),
        holder=holder,
        role=role,
        authority=authority,
        scopes=tuple(scopes),
        expires_at=expires_at,
    )
    return text, event


def _digest(shown: str) -> bytes:
    return sha256(shown.encode("utf-8", "surrogatepass")).digest()
