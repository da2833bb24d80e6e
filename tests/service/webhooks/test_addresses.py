"""Where webhooks go: to public addresses, in whatever spelling, and to none other."""

import asyncio
import socket
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest
from aiohttp.abc import AbstractResolver

from service.webhooks.addresses import Addresses, calling, check_endpoint
from service.webhooks.courier import Courier
from service.webhooks.errors import AddressRefused, EndpointRefused

PRIVATE = {
    "loopback": "127.0.0.1",
    "other loopback": "127.8.8.8",
    "this network": "0.1.2.3",
    "private": "10.1.2.3",
    "private of a home": "192.168.1.1",
    "shared by a carrier": "100.64.0.1",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata in IPv6": "fd00:ec2::254",
    "for benchmarks": "198.18.0.1",
    "for documentation": "203.0.113.1",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "loopback in IPv6": "::1",
    "unspecified in IPv6": "::",
    "unique local": "fc00::1",
    "link-local in IPv6": "fe80::1%lo",
    "multicast in IPv6": "ff02::1",
    "mapped": "::ffff:127.0.0.1",
    "mapped metadata": "::ffff:169.254.169.254",
    "translated": "64:ff9b::7f00:1",
    "by 6to4": "2002:7f00:1::",
    "by Teredo": "2001:0:5ef5:79fb::80ff:fffe",
    "site-local": "fec0::1",
    "relay of 6to4": "192.88.99.1",
    "for protocols": "192.0.0.8",
    "for protocols, NAT64": "192.0.0.170",
    "for documentation in IPv6": "3fff::1",
    "segments of a network": "5f00::1",
    "translated within a network": "64:ff9b:1::7f00:1",
    "translated without state": "::ffff:0:127.0.0.1",
    "compatible": "::127.0.0.1",
    "discarded": "100::1",
    "discarded by prefix": "100:0:0:1::1",
}
OURS = (ip_network("10.1.0.0/16"),)
PUBLIC = ("8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("name", PRIVATE)
def test_what_is_not_public_is_not_called(name):
    with pytest.raises(AddressRefused):
        Addresses().check(PRIVATE[name])


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_called(address):
    Addresses().check(address)

    with pytest.raises(AddressRefused):
        Addresses(public=False).check(address)


def test_a_network_that_is_allowed_is_called_and_no_other():
    allowed = Addresses((ip_network("10.1.0.0/16"),), public=False)

    allowed.check("10.1.2.3")
    allowed.check("::ffff:10.1.2.3")
    for other in ("10.2.0.1", "127.0.0.1"):
        with pytest.raises(AddressRefused):
            allowed.check(other)


class Rebinding(AbstractResolver):
    """Says a harmless address to whoever asks before, and another to who connects."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        del family
        flags = socket.AI_NUMERICHOST
        found = {"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET}
        return [{**found, "proto": 0, "flags": flags}]

    async def close(self):
        pass


@asynccontextmanager
async def listener():
    """Count who connects to this machine."""
    reached = []

    async def met(reader, writer):
        reached.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], reached


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ],
)
async def test_no_spelling_of_this_machine_is_called(host):
    async with (
        listener() as (port, reached),
        calling(Addresses()) as public,
        calling(Addresses(public=False)) as private,
    ):
        courier = Courier(public=public, private=private, seconds=3)

        for scheme in ("http", "https"):
            attempt = await courier.post(f"{scheme}://{host}:{port}/", b"{}", {})
            assert attempt.reason in ("address_refused", "unreachable")

        assert reached == []


async def test_a_name_that_changes_what_it_means_is_refused_when_connecting():
    async with (
        listener() as (port, reached),
        calling(Addresses(), Rebinding()) as public,
        calling(Addresses(public=False)) as private,
    ):
        courier = Courier(public=public, private=private, seconds=3)

        attempt = await courier.post(f"https://harmless.example:{port}/", b"{}", {})

        assert attempt.reason == "address_refused"
        assert reached == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://receiver.example/",
        "ftp://receiver.example/",
        "https://",
        "https:///hook",
        "//receiver.example/hook",
        "receiver.example",
        "https://user@receiver.example/",
        "https://user:word@receiver.example/",
        "https://receiver.example/#part",
        "https://receiver.example:port/",
        "https://receiver.example/\r\nX-Header: 1",
        "https://接收.example/",
        f"https://receiver.example/{'x' * 2048}",
        "javascript:alert(1)",
        "https://[::1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://1.2.3.4.5/",
    ],
)
def test_what_cannot_be_an_endpoint_is_refused(endpoint):
    with pytest.raises(EndpointRefused):
        check_endpoint(endpoint, ())


def test_without_https_only_where_that_is_allowed():
    assert check_endpoint("http://receiver.example/", OURS)
    assert check_endpoint("https://receiver.example:8443/hook?a=b", ())


@pytest.mark.parametrize(
    "endpoint",
    ["https://127.0.0.1/", "https://[::1]:8443/", "https://10.2.0.1/", "http://8.8.8.8/"],
)
def test_an_address_that_is_not_called_is_refused_at_once(endpoint):
    with pytest.raises(EndpointRefused, match="not called"):
        check_endpoint(endpoint, OURS)


def test_an_address_of_an_allowed_network_is_taken():
    assert check_endpoint("http://10.1.0.1:8080/hook", OURS)
    assert check_endpoint("https://8.8.8.8/", ())
