"""How much one caller may ask for: a bucket that fills with time, and is emptied by asking.

An address is counted before anything of its request is read; a partner after its
signature held, so that nobody can empty another's bucket.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from math import ceil
from typing import Final

from aiohttp import web

from rest.errors import TooManyRequests

MOST_CALLERS: Final = 10_000
"""Beyond so many at once, whoever was silent longest is forgotten and starts full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many a second for as long as one likes, and `burst` at once; 0 sets no limit."""

    per_second: float
    burst: int


@dataclass(slots=True)
class _Bucket:
    held: float
    at: datetime


@dataclass(slots=True, kw_only=True)
class Limits:
    """The buckets of all callers of one kind. Not to be shared between threads."""

    rate: Rate
    clock: Callable[[], datetime]
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict, repr=False)

    def take(self, caller: str) -> int:
        """Count one request of `caller` and return how many are left, or raise
        `TooManyRequests`.
        """
        if not self.rate.per_second:
            return self.rate.burst
        bucket = self._filled(caller)
        if bucket.held < 1:
            raise TooManyRequests(ceil((1 - bucket.held) / self.rate.per_second))
        bucket.held -= 1
        return int(bucket.held)

    def _filled(self, caller: str) -> _Bucket:
        now = self.clock()
        bucket = self._buckets.setdefault(caller, _Bucket(self.rate.burst, now))
        self._buckets.move_to_end(caller)
        if len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        # A clock that was set back takes nothing away.
        passed = max((now - bucket.at).total_seconds(), 0.0)
        bucket.held = min(bucket.held + passed * self.rate.per_second, self.rate.burst)
        bucket.at = now
        return bucket


@dataclass(slots=True, kw_only=True)
class AtOnce:
    """How many requests of each caller are under way: waited for, done or being sent.

    `most` of one caller, or as many as come where it is `None`.
    """

    most: int | None
    _under_way: dict[str, int] = field(default_factory=dict, repr=False)

    def begin(self, caller: str) -> None:
        """Count one more of `caller`, or raise `TooManyRequests`."""
        under_way = self._under_way.get(caller, 0)
        if self.most is not None and under_way >= self.most:
            raise TooManyRequests(1)
        self._under_way[caller] = under_way + 1

    def end(self, caller: str) -> None:
        """Count one less."""
        left = self._under_way[caller] - 1
        if left:
            self._under_way[caller] = left
        else:
            del self._under_way[caller]


ADDRESSES = web.AppKey("addresses", Limits)
SIGNERS = web.AppKey("signers", Limits)
CALLERS = web.AppKey("callers", Limits)
_COUNTED = web.RequestKey("counted", bool)
AT_ONCE = web.AppKey("at_once", AtOnce)
SHARE: web.RequestKey[tuple[str, str]] = web.RequestKey("share")
"""What a caller is granted and has left, as draft-ietf-httpapi-ratelimit-headers has it."""


def count_address(request: web.Request) -> None:
    """Count a request for the address it came from, or raise `TooManyRequests`.

    Whoever is given one IPv6 address has all of its /64, so that is what is counted; a
    request counts once, however many ask for it to be counted.
    """
    if _COUNTED not in request:
        request.app[ADDRESSES].take(_network(request.remote or ""))
        request[_COUNTED] = True


def count_partner(request: web.Request, partner: str) -> None:
    """Count a request whose signature is the partner's, or raise `TooManyRequests`."""
    request.app[SIGNERS].take(partner)


@contextmanager
def among_theirs(request: web.Request, caller: str) -> Iterator[None]:
    """Count the block as under way for `caller`, or raise `TooManyRequests`.

    So nobody holds all places alone.
    """
    at_once = request.app[AT_ONCE]
    at_once.begin(caller)
    try:
        yield
    finally:
        at_once.end(caller)


def count_caller(request: web.Request, caller: str) -> None:
    """Count a request of whoever has a session, or raise `TooManyRequests`.

    The answer says how many are left, and a refusal that none is.
    """
    limits = request.app[CALLERS]
    rate = limits.rate
    if not rate.per_second:
        return
    policy = f'"caller";q={rate.burst};w={ceil(rate.burst / rate.per_second)}'
    try:
        request[SHARE] = policy, f'"caller";r={limits.take(caller)}'
    except TooManyRequests as error:
        request[SHARE] = policy, f'"caller";r=0;t={error.retry_after}'
        raise


@lru_cache(maxsize=MOST_CALLERS)
def _network(address: str) -> str:
    """Return what one subscriber has: an IPv4 address, or a /64 of IPv6 (RFC 6177)."""
    try:
        six = IPv6Address(address)
    except AddressValueError:
        return address
    return str(six.ipv4_mapped or six.packed[:_NETWORK].hex())


_NETWORK: Final = 8
