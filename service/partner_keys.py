"""Which keys of our partners we trust: fetched, verified under their root, recorded.

What the log says was accepted is trusted again after a restart, also while the
partner is away. Where a revocation matters, a key counts only as long as the set
was confirmed within a day: a partner that stays away loses it without anybody
doing anything.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from cose import KeyRecord
from identity import Trust
from identity.errors import IdentityError, TokenRefused
from identity.key_set import KeySet, open_key_set, read_key_set
from identity.policy import FRESH
from ledger.errors import LedgerError
from ledger.region_events import PartnerKeysAccepted
from ledger.region_keys import CONFIRMED_EVERY, RegionKeys
from service.key_uses import USES
from service.loops import until_the_end
from service.partners import Partner, Partners

EVERY: Final = timedelta(minutes=5)
"""As long as a key set may be cached."""
AGAIN: Final = timedelta(seconds=30)
"""No partner is asked more often, whatever is sent in its name."""

_PATIENCE = 2.0
_BOUNDED = frozenset[str]().union(*(use.typs for use in USES.values() if use.published))
_log = logging.getLogger("tongban.partners")


@dataclass(slots=True)
class Known:
    """One partner's keys as we know them, and when its set was asked for and confirmed."""

    partner: Partner
    roots: tuple[KeyRecord, ...]
    keys: KeySet | None = None
    token: bytes = b""
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None
    recorded_at: datetime | None = None
    """When the log was last told of the set."""
    missed: bool = False
    trouble: str | None = None

    @property
    def serial(self) -> int:
        return 0 if self.keys is None else self.keys.serial

    def is_recorded(self, now: datetime) -> bool:
        """Tell whether the log knows the set as confirmed so lately that it may rest."""
        return self.recorded_at is not None and now - self.recorded_at < CONFIRMED_EVERY

    def take(self, token: bytes, keys: KeySet) -> None:
        """Go over to a set that was verified; roots it announces take the old ones' place."""
        self.token, self.keys = token, keys
        self.roots = keys.roots or self.roots


@asynccontextmanager
async def following_partners(keys: "PartnerKeys") -> AsyncIterator[None]:
    """Keep up with the partners until the block ends; at first, for a moment, before it."""
    with suppress(TimeoutError):
        await asyncio.wait_for(keys.look(), _PATIENCE)
    async with until_the_end(keys.run):
        yield


class PartnerKeys:
    """Keeps `trust` to what the roots of `partners` say; `fetch` asks one for its set."""

    def __init__(
        self,
        recorded: RegionKeys,
        trust: Trust,
        partners: Partners,
        fetch: Callable[[Partner], Awaitable[bytes]],
        clock: Callable[[], datetime],
    ) -> None:
        self._recorded = recorded
        self._trust = trust
        self._partners = partners
        self._fetch = fetch
        self._clock = clock
        self._known: dict[str, Known] = {}
        self._looking = asyncio.Lock()
        trust.missed = self._miss
        self.enrol()

    @property
    def known(self) -> Mapping[str, Known]:
        """What we know of every partner, by region."""
        return self._known

    def unconfirmed(self) -> list[str]:
        """Name the partners whose keys could not be confirmed when they were asked last."""
        return sorted(name for name, known in self._known.items() if known.trouble)

    def enrol(self) -> None:
        """Trust who is a partner now, as the log says of them, and nobody else."""
        partners = self._partners.current
        for region in self._known.keys() - partners.keys():
            del self._known[region]
            self._trust.drop(region)
        for region, partner in partners.items():
            known = self._known.get(region)
            if known is None or known.partner != partner:
                self._known[region] = self._restored(region, partner)

    async def run(self) -> None:
        """Keep up until cancelled; what fails is told to the log and tried again."""
        while True:
            try:
                await self.look()
            except Exception as error:
                _log.error("partners' keys: %s", type(error).__name__)
            await asyncio.sleep(1)

    async def look(self) -> None:
        """Take what changed in the partners' files, and ask whoever is due.

        Who looks at once with another waits for them, and then finds what they took.
        """
        async with self._looking:
            if await asyncio.to_thread(self._partners.look):
                self.enrol()
            due = [region for region, known in self._known.items() if self._is_due(known)]
            await asyncio.gather(*(self.refresh(region) for region in due))

    async def refresh(self, region: str) -> bool:
        """Ask a partner for its keys now; say whether they are confirmed."""
        known = self._known[region]
        known.asked_at, known.missed = self._clock(), False
        try:
            token = await self._fetch(known.partner)
            await asyncio.to_thread(self._accept, region, known, token)
        except (IdentityError, LedgerError) as error:
            trouble = f"{type(error).__name__}: {error}"
            if known.trouble != trouble:
                _log.error("no keys of %s: %s", region, trouble)
            known.trouble = trouble
            return False
        known.trouble = None
        return True

    def _accept(self, region: str, known: Known, token: bytes) -> None:
        """Trust the set in `token` and record it, or raise `TokenRefused`."""
        now = self._clock()
        if token != known.token or known.keys is None:
            keys = read_key_set(
                token, issuer=region, roots=known.roots, now=now, after=known.serial
            )
            self._record(region, known, keys, token)
            known.take(token, keys)
        elif not known.is_recorded(now):
            self._record(region, known, known.keys, token)
        known.confirmed_at = now
        self._lease(region, known)

    def _record(self, region: str, known: Known, keys: KeySet, token: bytes) -> None:
        root = known.partner.root_key
        self._recorded.accept(
            PartnerKeysAccepted(region=region, root=root, serial=keys.serial, key_set=token)
        )
        known.recorded_at = self._clock()

    def _restored(self, region: str, partner: Partner) -> Known:
        known = Known(partner=partner, roots=(partner.root_record,))
        for event in self._recorded.accepted(region, partner.root_key):
            keys = open_key_set(event.key_set, issuer=region, roots=known.roots)
            known.take(event.key_set, keys)
        known.recorded_at = self._recorded.confirmed_at(region, partner.root_key)
        known.confirmed_at = known.recorded_at
        self._lease(region, known)
        if partner.key_set is not None and known.keys is None:
            try:
                self._accept(region, known, bytes.fromhex(partner.key_set))
            except TokenRefused as error:
                known.trouble = str(error)
        return known

    def _lease(self, region: str, known: Known) -> None:
        if known.keys is None or known.confirmed_at is None:
            self._trust.put(region, ())
        else:
            self._trust.put(region, known.keys.leased(known.confirmed_at + FRESH, _BOUNDED))

    def _miss(self, region: str) -> None:
        if region in self._known:
            self._known[region].missed = True

    def _is_due(self, known: Known) -> bool:
        if known.asked_at is None:
            return True
        hurry = known.missed or known.trouble is not None
        return self._clock() - known.asked_at >= (AGAIN if hurry else EVERY)


PARTNER_KEYS = web.AppKey("partner_keys", PartnerKeys)
