"""Which addresses are called: none that is private, unless whoever runs this allows it.

It is looked at when a name is resolved and again for each socket before it connects, so
neither a name that changes what it means nor an address in another spelling gets round it.
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.helpers import is_ip_address
from yarl import URL

from service.variables import Network
from service.webhooks.errors import AddressRefused, EndpointRefused
from service.webhooks.turns import CALL, Turns

_LONGEST = 2048
_NAT64 = ip_network("64:ff9b::/96")
_SPECIAL = tuple(
    ip_network(each)
    for each in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::/96",
        "::ffff:0:0:0/96",
        "64:ff9b:1::/48",
        "100::/63",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
"""What IANA has set aside and `ipaddress` takes for public, here or in an older Python."""
_RESOLVING = 32
_OF_ONE = 2
_PATIENCE = 60.0

Found = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Addresses:
    """What may be called: whatever is public if `public`, and these `networks`."""

    networks: tuple[Network, ...] = ()
    public: bool = True

    def check(self, text: str) -> None:
        """Raise `AddressRefused` for an address that is not to be called."""
        address = _meant(ip_address(text.partition("%")[0]))
        if any(address in network for network in self.networks):
            return
        if not self.public or not _is_public(address):
            raise AddressRefused("an address of a network that is not called")


@dataclass(slots=True)
class Resolver(AbstractResolver):
    """Resolves names in threads of its own, and refuses those with an address refused.

    A subscriber has few of them at once, and one for each name: a name that nobody answers
    for holds up its own subscriber alone.
    """

    addresses: Addresses
    ask: Callable[..., Found] = socket.getaddrinfo
    _turns: Turns = field(default_factory=lambda: Turns(_OF_ONE))
    _asked: dict[tuple[object, ...], asyncio.Task[Found]] = field(default_factory=dict)
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_RESOLVING, "resolving")
    )

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of `host`; one refused among them refuses them all."""
        call = CALL.get()
        with call.looking_up(_PATIENCE) if call else nullcontext():
            found = await self._found(call.whom if call else "", host, port, family)
        for *_, where in found:
            self.addresses.check(str(where[0]))
        return [
            ResolveResult(
                hostname=host,
                host=str(where[0]),
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, proto, _, where in found
        ]

    async def close(self) -> None:
        """Let go of the threads."""
        for task in self._asked.values():
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _found(self, whom: str, *asked: object) -> Found:
        key = (whom, *asked)
        if key not in self._asked:
            task = self._asked[key] = asyncio.create_task(self._ask(whom, *asked))
            task.add_done_callback(partial(self._over, key))
        # Who gave up waiting leaves the thread to it, and so the turn.
        return await asyncio.shield(self._asked[key])

    def _over(self, key: tuple[object, ...], task: asyncio.Task[Found]) -> None:
        del self._asked[key]
        if not task.cancelled():
            # Perhaps nobody waits for it any more.
            task.exception()

    async def _ask(self, whom: str, *asked: object) -> Found:
        ask = partial(self.ask, *asked, socket.SOCK_STREAM)
        async with self._turns.of(whom):
            return await asyncio.get_running_loop().run_in_executor(self._threads, ask)


def calling(addresses: Addresses, resolver: AbstractResolver | None = None) -> ClientSession:
    """Return what calls `addresses` and no others; it keeps no cookies and no connections.

    How many it makes at once is for its callers to bound: in one queue for all, a few
    receivers that answer nothing would hold up the others.
    """

    def made(found: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _, where = found
        addresses.check(str(where[0]))
        made = socket.socket(family, kind, proto)
        made.setblocking(False)
        return made

    connector = TCPConnector(
        resolver=resolver or Resolver(addresses),
        use_dns_cache=False,
        force_close=True,
        limit=0,
        socket_factory=made,
    )
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        headers={"User-Agent": "tongban-webhooks/1"},
    )


def check_endpoint(text: str, networks: tuple[Network, ...]) -> str:
    """Return `text` if it may be an endpoint's; raises `EndpointRefused` saying why not.

    Over plain http only in those `networks`. What a name leads to shows when it is called.
    """
    try:
        url = URL(text)
        host = url.host
    except ValueError as error:
        raise EndpointRefused("this is no address") from error
    if len(text) > _LONGEST or not (text.isascii() and text.isprintable()) or host is None:
        raise EndpointRefused(f"an address of up to {_LONGEST} ASCII characters, please")
    is_safe = url.scheme == "https"
    if not is_safe and not (networks and url.scheme == "http"):
        raise EndpointRefused(
            "only https is called, but in networks that TONGBAN_WEBHOOK_NETWORKS names"
        )
    if url.user is not None or url.password is not None or url.fragment:
        raise EndpointRefused("without a user, a password or a fragment, please")
    if is_ip_address(host):
        try:
            Addresses(networks, public=is_safe).check(host)
        except AddressRefused as error:
            raise EndpointRefused(str(error)) from error
        except ValueError as error:
            # Such as one in a single number, which some would call and others not.
            raise EndpointRefused("an address in its usual form, please") from error
    return text


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that one of IPv6 stands for (RFC 4291, 6052, 3056, 4380)."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
    )
