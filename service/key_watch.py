"""Noticing that our own keys were exchanged, and going over to them while running.

Commands write the home's files; this looks at them every second, verifies the set
under our root, records it, and only then goes over. Where the root is at home it
also signs the set anew before it expires, or when the log's keys changed.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from cose import ED25519, Ed25519Signer, KeyRecord
from identity.errors import TokenRefused
from identity.key_set import KeySet, open_key_set
from ledger.application import Ledger
from ledger.errors import HomeUnusable, LedgerError
from ledger.home import Home, replace_durably
from ledger.region_events import RegionKeysPublished
from ledger.region_keys import RegionKeys
from service.key_publishing import Publisher, read_published, set_file
from service.key_uses import USES
from service.own_keys import OwnKeys
from service.own_root import follow_roots, own_roots, root_of
from service.partner_logs import WITNESS_USE

WARNING: Final = timedelta(days=30)
"""How long before its end a set or a key is spoken of; a set is signed anew then."""

_WITNESS_LIFE = timedelta(days=3650)
_log = logging.getLogger("tongban.keys")


class KeyWatch:
    """Keeps `own` to what the home's files say of the keys of `region`."""

    def __init__(
        self,
        home: Home,
        region: str,
        own: OwnKeys,
        ledger: Ledger,
        *,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        """Take the keys there are, and publish the first set where there is none.

        Raises `HomeUnusable` where that takes a root which is not here.
        """
        self._home = home
        self._region = region
        self.own = own
        self._ledger = ledger
        self._recorded = RegionKeys(ledger)
        self._clock = clock
        self._random = random
        self.trouble: str | None = None
        self._head = ledger.head
        self._looking = threading.Lock()
        self._adopt()
        found = read_published(home, region)
        if found is None:
            self._publish()
            found = read_published(home, region)
        if found is None:
            raise HomeUnusable("keys/set went away while it was read; start again")
        self.token, self.keys = found
        self._keep_up()
        self._seen = self._mark()
        self._go_over()

    def run(self, stop: threading.Event) -> None:
        """Look every second until `stop` is set; meant for a thread of its own."""
        while not stop.wait(1):
            self.look()

    def look(self) -> None:
        """Go over to what changed; what does not hold is told, and the old keys stay."""
        with self._looking:
            try:
                # Another server of this log may have published a set.
                if self._ledger.head != self._head:
                    self._head = self._ledger.head
                    self._adopt()
                self._keep_up()
                mark = self._mark()
                if mark != self._seen:
                    self._go_over()
                    self._seen = mark
                self.trouble = None
            except (LedgerError, TokenRefused, OSError) as error:
                trouble = f"{type(error).__name__}: {error}"
                if trouble != self.trouble:
                    _log.error("our keys: %s", trouble)
                self.trouble = trouble

    def warnings(self) -> list[str]:
        """Return what ends soon and would be missed, in words for an operator."""
        soon, said = self._clock() + WARNING, [self.trouble] if self.trouble else []
        if self.keys.expires_at < soon:
            end = self.keys.expires_at
            said.append(f"the key set ends on {end:%F}: `tongban keys publish`")
        if self._is_behind():
            said.append("the key set lacks a key of the log: `tongban keys publish`")
        for use in ("region", "box", "paper", "sessions"):
            last = self.own.ends(use)
            if last is None or last < soon:
                when = "has ended" if last is None else f"ends on {last:%F}"
                said.append(f"the {use} key {when}: `tongban keys rotate {use}`")
        return said

    def _go_over(self) -> None:
        self.own.read_sessions()
        # One that was put back, as from a backup, gives way to what the log tells.
        self._adopt()
        found = read_published(self._home, self._region)
        if found is None:
            raise HomeUnusable("keys/set went away; `tongban keys publish` mends it")
        self._take(*found)

    def _take(self, token: bytes, keys: KeySet) -> None:
        event = RegionKeysPublished(serial=keys.serial, key_set=token)
        self._recorded.publish(self._region, event)
        self.own.take(keys)
        self.token, self.keys = token, keys

    def _adopt(self) -> None:
        """Let the home have the newest set, where another server published one."""
        logged = self._recorded.published(self._region)
        found = read_published(self._home, self._region)
        if logged is not None and (found is None or found[1].serial < logged.serial):
            roots, token = own_roots(self._home), logged.key_set
            found = token, open_key_set(token, issuer=self._region, roots=roots)
            replace_durably(set_file(self._home), token)
        if found is not None:
            follow_roots(self._home, *found)

    def _keep_up(self) -> None:
        """Sign the set anew where that is due and the root is here."""
        due = self.keys.expires_at < self._clock() + WARNING or self._is_behind()
        if due and (self._home.keys / "root").exists():
            self._publish()

    def _is_behind(self) -> bool:
        """Say whether the log has keys that the set does not tell."""
        return not set(self.keys.records) >= set(self._also())

    def _publish(self) -> None:
        Publisher(
            home=self._home,
            region=self._region,
            root=root_of(self._home),
            origin=self._ledger.published.keys.origin,
            also=self._also(),
            now=self._clock().replace(microsecond=0),
            random=self._random,
        ).publish()

    def _also(self) -> tuple[KeyRecord, ...]:
        return keys_beside(self._home, self._ledger)

    def _mark(self) -> object:
        """Return what is another once a command has written."""
        names = [set_file(self._home), *self._home.keys.glob(f"{USES['sessions'].file}*")]
        stats = [(path, path.stat()) for path in sorted(names) if path.exists()]
        return [(path, stat.st_mtime_ns, stat.st_ino, stat.st_size) for path, stat in stats]


KEY_WATCH = web.AppKey("key_watch", KeyWatch)


def keys_beside(home: Home, ledger: Ledger) -> tuple[KeyRecord, ...]:
    """Return the keys that are published and kept elsewhere: the log's, and our witness's."""
    witness = KeyRecord(
        public_key=Ed25519Signer(home.witness_secret()).public_key,
        algorithm=ED25519,
        use=frozenset({WITNESS_USE}),
        not_before=home.made_at,
        expires=home.made_at + _WITNESS_LIFE,
    )
    return (*ledger.published.keys.records, witness)
