"""Asking an issuer whether a token of theirs still counts, where it is relied on later.

The address in a token is never called: the list is had from the partner as it was
enrolled, and has to say that it is the one at that address. A list is kept for its
`ttl`; what is told always says how old the list is that it rests on. When a newer
one cannot be had, an older one is good enough for `LENIENCE` where little is at
stake, and not at all where much is; nothing is ever taken for valid unasked.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from identity.claim_values import StatusReference
from identity.errors import IdentityError, ProviderUnavailable, TokenRefused
from identity.status import StatusListToken, read_status_list
from identity.trust import Trust

KEPT: Final = 256
"""So many lists are kept, those asked for last."""


class Stakes(StrEnum):
    """What is lost if a token is relied on that was revoked a moment ago."""

    LOW = "low"
    HIGH = "high"


LENIENCE: Final = {Stakes.LOW: timedelta(hours=1), Stakes.HIGH: timedelta(0)}
"""For how long past its `ttl` a list is relied on when no newer one can be had."""


class StatusUnknown(IdentityError):
    """Whether a token was revoked cannot be told now; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a token counts no more, by a list of `as_of`, which is `age` old."""

    revoked: bool
    as_of: datetime
    age: timedelta


@dataclass(slots=True, kw_only=True)
class StatusChecker:
    """Checks status references; `fetch` has a list from an enrolled issuer by its name.

    `fetch` raises `ProviderUnavailable`, also for an issuer that is not enrolled.
    """

    fetch: Callable[[str, str], Awaitable[bytes]]
    trust: Trust
    clock: Callable[[], datetime]
    _lists: OrderedDict[tuple[str, str], StatusListToken] = field(default_factory=OrderedDict)
    _asking: dict[tuple[str, str], asyncio.Lock] = field(default_factory=dict)

    async def check(
        self, issuer: str, reference: StatusReference, *, stakes: Stakes
    ) -> Standing:
        """Return how a token of `issuer` stands; raises `StatusUnknown` and `TokenRefused`."""
        found = await self._list(issuer, reference.uri, stakes)
        revoked = found.statuses.revokes(reference.index)
        age = max(self.clock() - found.issued_at, timedelta(0))
        return Standing(revoked=revoked, as_of=found.issued_at, age=age)

    async def _list(self, issuer: str, uri: str, stakes: Stakes) -> StatusListToken:
        key = issuer, uri
        lock = self._asking.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                kept = self._lists.get(key)
                if kept is not None and self._is_good(kept, timedelta(0)):
                    return kept
                try:
                    return self._keep(key, await self._newest(issuer, uri, kept))
                except (ProviderUnavailable, TokenRefused) as error:
                    if kept is not None and self._is_good(kept, LENIENCE[stakes]):
                        return kept
                    why = "no list that holds can be had, and none is kept that would do"
                    raise StatusUnknown(f"{issuer}: {why}") from error
        finally:
            if not lock.locked():
                self._asking.pop(key, None)

    async def _newest(
        self, issuer: str, uri: str, kept: StatusListToken | None
    ) -> StatusListToken:
        name = _NAME.search(uri)
        if name is None:
            raise TokenRefused("status: an address of no list")
        token = await self.fetch(issuer, name[1])
        now = self.clock()
        found = read_status_list(token, uri=uri, issuer=issuer, trust=self.trust, now=now)
        if kept is not None and found.issued_at < kept.issued_at:
            raise TokenRefused("status: the list is older than the one before it")
        if not self._is_good(found, timedelta(0)):
            raise TokenRefused("status: the list is stale already")
        return found

    def _is_good(self, found: StatusListToken, lenience: timedelta) -> bool:
        now = self.clock()
        return now < min(found.issued_at + found.ttl + lenience, found.expires_at)

    def _keep(self, key: tuple[str, str], found: StatusListToken) -> StatusListToken:
        self._lists[key] = found
        self._lists.move_to_end(key)
        while len(self._lists) > KEPT:
            self._lists.popitem(last=False)
        return found


_NAME = re.compile(r"/status/([0-9]{1,12})$", re.ASCII)
