"""Two whole services while the network fails and keys change: at the end both sides agree."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from cli import main
from cose import kid_of
from identity import SEALING
from ledger.message_events import acknowledged_id, received_id, sent_id
from service.corresponding import CORRESPONDING
from service.own_root import root_of
from service.partners import Partner, write_partner
from tests.ledger.ledgers import SetClock
from tests.service.posting import owed
from tests.service.proxy import proxied
from tests.service.running import running

GD, GX = "CN-GD", "CN-GX"


@asynccontextmanager
async def apart(folder):
    """Guangxi reaches Guangdong over a network that can fail; their clocks are today's."""
    today = SetClock(datetime.now(UTC).replace(microsecond=0))
    async with (
        running(folder / GD, today, region=GD, origin="gd.example/log") as gd,
        running(folder / GX, today, region=GX, origin="gx.example/log") as gx,
        proxied(gd.url) as network,
    ):
        for us, them, name, url in ((gd, gx, GX, gx.url), (gx, gd, GD, network.url)):
            root = root_of(them.home).public_key.hex()
            write_partner(us.home.folder / "partners", name, Partner(url=url, root=root))
        for us, name in ((gd, GX), (gx, GD)):
            await until(lambda us=us, name=name: knows(us.app[CORRESPONDING], name))
        yield gd, gx, network


def knows(us, name):
    """Say whether `us` can seal to a partner's keys, and knows the witness it is."""
    keys = us.sealer.trust.keys_of(name)
    return us.logs.witnesses(name) and any(SEALING in key.use for key in keys)


def owe(gx, *texts):
    for text in texts:
        owed(gx.ledger, gx.app[CORRESPONDING].sealer, GD, text)


def digests(service, stream):
    return [entry.event.digest for entry in service.ledger.entries(stream, opened=False)]


def settled(gd, gx):
    """Say whether all that was sent was received and acknowledged, in one order."""
    sent = digests(gx, sent_id(GD))
    return sent == digests(gd, received_id(GX)) == digests(gx, acknowledged_id(GD))


async def command(service, region, *arguments):
    environment = {"TONGBAN_HOME": str(service.home.folder), "TONGBAN_REGION": region}
    done = await asyncio.to_thread(CliRunner().invoke, main, arguments, env=environment)
    assert done.exit_code == 0, done.output
    return done.output


async def until(holds, seconds=30):
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("fault", ["cut", "garbled", "broken", "twice"])
async def test_what_is_owed_while_the_network_fails_arrives_when_it_heals(tmp_path, fault):
    async with apart(tmp_path) as (gd, gx, network):
        owe(gx, "before")
        await until(lambda: settled(gd, gx))

        network.fault = fault
        owe(gx, "during", "and more")
        await asyncio.sleep(1)
        network.fault = None
        owe(gx, "after")

        await until(lambda: settled(gd, gx))
        assert len(digests(gd, received_id(GX))) == 4
        for service, region in ((gd, GD), (gx, GX)):
            assert "both sides agree" in await command(service, region, "agree")


async def test_keys_exchanged_in_the_middle_lose_nothing(tmp_path):
    async with apart(tmp_path) as (gd, gx, network):
        owe(gx, "under the first key")
        await until(lambda: settled(gd, gx))
        network.fault = "cut"
        owe(gx, "written before", "and waiting")

        for region in (GD, GX):
            service = {GD: gd, GX: gx}[region]
            await command(service, region, "keys", "rotate", "region")
            await command(service, region, "keys", "rotate", "box")
        await asyncio.sleep(2.5)
        network.fault = None
        owe(gx, "after")

        await until(lambda: settled(gd, gx))
        assert len(digests(gd, received_id(GX))) == 4
        assert "both sides agree" in await command(gx, GX, "agree")


async def test_what_was_logged_before_its_key_was_revoked_arrives_afterwards(tmp_path):
    async with apart(tmp_path) as (gd, gx, network):
        network.fault = "cut"
        owe(gx, "logged in time")
        old = kid_of(gx.app[CORRESPONDING].sealer.signer().public_key)
        # Not in the same second: from then on the key counts for nothing.
        gx.clock.now += timedelta(minutes=1)
        await asyncio.sleep(0.1)

        await command(gx, GX, "keys", "revoke", old.hex(), "--yes")
        await until(lambda: kid_of(gx.app[CORRESPONDING].sealer.signer().public_key) != old)
        gx.clock.now += timedelta(minutes=6)
        await until(lambda: is_revoked(gd, old))
        owe(gx, "under the new key")
        network.fault = None

        await until(lambda: settled(gd, gx))
        assert len(digests(gd, received_id(GX))) == 2


def is_revoked(service, kid):
    keys = service.app[CORRESPONDING].exchange.trust.keys_of(GX)
    return any(key.kid == kid and key.revoked_at is not None for key in keys)
