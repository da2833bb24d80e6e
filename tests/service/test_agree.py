"""Two whole services become partners, post, witness each other, and show that they agree."""

import asyncio
import json
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from cli import main
from ledger.http import WITNESS
from ledger.log_events import LogCosigned, LogForked, watched_id
from ledger.message_events import acknowledged_id, received_id
from ledger.signed_heads import COSIGNED
from service.corresponding import CORRESPONDING
from service.own_root import root_of
from service.partners import Partner, write_partner
from service.watching import WATCHING
from tests.service.posting import owed
from tests.service.running import Service, running

GD, GX = "CN-GD", "CN-GX"


@dataclass(frozen=True, slots=True)
class Two:
    gd: Service
    gx: Service

    @property
    def by_name(self) -> dict[str, Service]:
        return {GD: self.gd, GX: self.gx}


@asynccontextmanager
async def partners(folder):
    """Two services that are enrolled with each other while they run."""
    quick: dict[str, Any] = {"cosigning_seconds": 0.2}
    async with (
        running(folder / GD, region=GD, origin="gd.example/log", **quick) as gd,
        running(folder / GX, region=GX, origin="gx.example/log", **quick) as gx,
    ):
        two = Two(gd, gx)
        for us, them in ((GD, GX), (GX, GD)):
            other = two.by_name[them]
            root = root_of(other.home).public_key.hex()
            partner = Partner(url=other.url, root=root)
            write_partner(two.by_name[us].home.folder / "partners", them, partner)
        await known(gd, GX)
        await known(gx, GD)
        yield two


def owe(service, to, text=""):
    corresponding = service.app[CORRESPONDING]
    owed(service.ledger, corresponding.sealer, to, text)


async def known(service, region):
    """Wait until the keys of `region` are trusted here."""
    await until(lambda: service.app[CORRESPONDING].logs.witnesses(region))


async def until(holds, seconds=15):
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.05)


def told(service, *options, region=GD):
    """What `tongban agree` says beside the running service."""
    environment = {"TONGBAN_HOME": str(service.home.folder), "TONGBAN_REGION": region}
    return CliRunner().invoke(main, ["agree", *options], env=environment)


def count(service, stream):
    return len(service.ledger.entries(stream, opened=False))


async def both_agree(two):
    gd = await asyncio.to_thread(told, two.gd, "--json", region=GD)
    gx = await asyncio.to_thread(told, two.gx, "--json", region=GX)
    assert (gd.exit_code, gx.exit_code) == (0, 0), gd.output + gx.output
    return json.loads(gd.output)[0], json.loads(gx.output)[0]


async def test_two_partners_post_witness_each_other_and_agree(tmp_path):
    async with partners(tmp_path) as two:
        for number in range(3):
            owe(two.gx, GD, f"text {number}")
        owe(two.gd, GX)
        await until(lambda: count(two.gx, acknowledged_id(GD)) == 3)
        await until(lambda: count(two.gd, acknowledged_id(GX)) == 1)
        await until(lambda: (two.gx.home.folder / COSIGNED).exists())
        await until(lambda: (two.gd.home.folder / COSIGNED).exists())

        gd, gx = await both_agree(two)

        assert (gd["received"], gx["sent"], gx["waiting"]) == (3, 3, 0)
        assert (gd["sent"], gx["received"]) == (1, 1)
        assert gd["received_chain"] == gx["sent_chain"]
        assert gd["sent_chain"] == gx["received_chain"]
        assert (gd["receipts"], gx["receipts"]) == (4, 4)
        for one in (gd, gx):
            assert one["it_cosigned"]
            assert one["we_cosigned"]
            assert one["it_shows"] >= one["we_cosigned"]
        shown = await asyncio.to_thread(told, two.gd)
        assert shown.output.splitlines()[-1] == "both sides agree"
        offline = await asyncio.to_thread(told, two.gd, "--offline")
        assert offline.output.endswith("nothing kept here differs; nobody was asked\n")


async def test_a_supervisor_sees_what_waits_for_a_partner_and_why(tmp_path):
    async with (
        running(tmp_path / GX, region=GX, origin="gx.example/log") as gx,
        running(tmp_path / GD) as gd,
    ):
        root = root_of(gd.home).public_key.hex()
        folder = gx.home.folder / "partners"
        write_partner(folder, GD, Partner(url=gd.url, root=root))
        corresponding = gx.app[CORRESPONDING]
        await known(gx, GD)
        write_partner(folder, GD, Partner(url="http://127.0.0.1:9", root=root))
        await until(lambda: corresponding.partners.current[GD].url.endswith(":9"))
        owe(gx, GD)
        await until(lambda: corresponding.told()[0]["failures"])

        answer = await gx.supervisor.get("/v1/partners")

        (partner,) = answer.body["partners"]
        assert (partner["region"], partner["waiting"]) == (GD, 1)
        assert partner["trouble"] == "ProviderUnavailable"
        assert partner["waiting_since"]
        assert partner["unsent"] == 0
        assert (await gx.anyone.get("/v1/partners")).status == 401
        applicant = await gx.applicant()
        assert (await applicant.get("/v1/partners")).status == 403


async def test_a_partner_with_another_history_is_caught(tmp_path):
    async with partners(tmp_path) as two:
        owe(two.gx, GD)
        await until(lambda: count(two.gd, received_id(GX)) == 1)
        await until(lambda: count(two.gd, watched_id("gx.example/log")))
        seen = two.gd.ledger.entries(watched_id("gx.example/log"))[-1].event
        assert isinstance(seen, LogCosigned)
        answer = await two.gx.anyone.get("/log/checkpoint")
        assert answer.status == 200
    # The same keys, and a log that begins anew.
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "checkpoint"):
        (tmp_path / GX / name).unlink(missing_ok=True)
    (tmp_path / GX / "keys" / "subjects.sqlite").unlink()
    async with (
        running(tmp_path / GX, region=GX, origin="gx.example/log") as twin,
        running(tmp_path / GD, region=GD, origin="gd.example/log") as gd,
    ):
        root = root_of(twin.home).public_key.hex()
        write_partner(gd.home.folder / "partners", GX, Partner(url=twin.url, root=root))

        said = await asyncio.to_thread(told, gd, region=GD)

        assert said.exit_code == 1
        assert "CN-GX: it" in said.output


async def test_a_partner_restored_from_an_old_copy_is_caught_while_both_run(tmp_path, caplog):
    async with partners(tmp_path) as two:
        await until(lambda: (two.gx.home.folder / COSIGNED).exists())
    shutil.copytree(tmp_path / GX, tmp_path / "copy")
    async with partners(tmp_path) as two:
        await two.gx.applicant()
        size = two.gx.ledger.head
        await until(lambda: head_of(two.gx, seen_by=two.gd).size >= size)
        seen = head_of(two.gx, seen_by=two.gd).size
    shutil.rmtree(tmp_path / GX)
    shutil.copytree(tmp_path / "copy", tmp_path / GX)
    async with partners(tmp_path) as two:
        assert two.gx.ledger.head < seen
        while two.gx.ledger.head < seen + 2:
            await two.gx.applicant()

        await until(lambda: two.gd.app[WITNESS].forks(), seconds=30)
        await until(lambda: two.gx.app[WATCHING].told())
        by_gd, by_gx = await trouble_seen(two.gd), await trouble_seen(two.gx)
        health = await two.gd.anyone.get("/health")
        said_there = await asyncio.to_thread(told, two.gx, region=GX)
        said_here = await asyncio.to_thread(told, two.gd, region=GD)

        forks = [
            entry.event
            for entry in two.gd.ledger.entries(watched_id("gx.example/log"))
            if isinstance(entry.event, LogForked)
        ]
        assert len(forks) == 1
        assert "two histories" in by_gd
        assert "restored from an old copy" in by_gx
        assert health.body["forks"] == 1
        assert health.body["logs"] == [f"CN-GX: {by_gd}"]
        assert (said_there.exit_code, said_here.exit_code) == (1, 1)
        assert "restored from an old copy" in said_there.output
        assert "its log signed two trees" in said_here.output
        assert any(
            each.levelname == "ERROR" and "signed two trees" in each.message
            for each in caplog.records
        )


def head_of(service, seen_by):
    """The head of a service's log that another cosigned last."""
    return seen_by.app[WITNESS].latest(service.ledger.published.keys.origin)


async def trouble_seen(service):
    (partner,) = (await service.supervisor.get("/v1/partners")).body["partners"]
    return partner["log"]


async def test_agree_names_whom_it_does_not_know(tmp_path):
    async with running(tmp_path / GD) as gd:
        said = await asyncio.to_thread(told, gd, "CN-XX")

        assert said.exit_code == 1
        assert "CN-XX is no partner" in said.output
        assert (await asyncio.to_thread(told, gd)).output == _NONE


_NONE = """\
REGION  SENT  WAITING  RECEIVED  RECEIPTS  WE COSIGNED  IT SHOWS  IT COSIGNED\
  CHAIN SENT  CHAIN RECEIVED
there are no partners
"""
