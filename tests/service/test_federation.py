"""Two whole services: hand-overs over a network that fails, clocks that differ, and secrecy."""

import asyncio
import json
import logging
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import pytest

from service.own_root import root_of
from service.partner_keys import PARTNER_KEYS
from service.partners import Partner, write_partner
from tests.ledger.ledgers import SetClock
from tests.service.neighbours import ASKED, GD, GX, RESIDENT
from tests.service.proxy import Network, proxied
from tests.service.running import MORNING, Service, running
from tests.service.test_handovers import (
    AUTHORITY,
    at_the_window,
    becomes,
    handed_over,
    known,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Two services and the ways to each, with a clock of its own for each."""

    gd: Service
    gx: Service
    to_gd: Network
    to_gx: Network

    async def receipts(self) -> list[str]:
        """The receipts of the cases that Zhaoqing has, which are of hand-overs all."""
        listed = await self.gd.official("clerk", authority=AUTHORITY).get("/v1/cases")
        return [case["number"] for case in listed.body["cases"]]

    @property
    def both(self) -> tuple[Service, Service]:
        return self.gd, self.gx


@asynccontextmanager
async def apart(tmp_path):
    async with (
        running(tmp_path / GD, SetClock(MORNING), region=GD, origin="gd.example/log") as gd,
        running(tmp_path / GX, SetClock(MORNING), region=GX, origin="gx.example/log") as gx,
        proxied(gd.url) as to_gd,
        proxied(gx.url) as to_gx,
    ):
        for us, them, name, way in ((gd, gx, GX, to_gx), (gx, gd, GD, to_gd)):
            root = root_of(them.home).public_key.hex()
            write_partner(us.home.folder / "partners", name, Partner(url=way.url, root=root))
        await known(gd, GX)
        await known(gx, GD)
        yield Apart(gd=gd, gx=gx, to_gd=to_gd, to_gx=to_gx)


async def offered(network: Network, times: int = 1) -> None:
    """Wait until messages were offered through `network` so often."""
    async with asyncio.timeout(20):
        for _ in range(400):
            if network.seen.count(b"POST /partner/messages") >= times:
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("fault", ["late", "slow", "twice"])
async def test_a_case_forwarded_while_the_network_fails_is_opened_once(tmp_path, fault):
    async with apart(tmp_path) as regions:
        agent = await at_the_window(regions.gx)
        regions.to_gd.fault = regions.to_gx.fault = fault
        paths = [(await handed_over(regions.gx, "application-form"))[1] for _ in range(3)]
        await offered(regions.to_gd)

        regions.to_gd.fault = regions.to_gx.fault = None
        shown = [await becomes(agent, path, "RECEIVED") for path in paths]

        receipts = [each["handover"]["receipt"] for each in shown]
        assert sorted(receipts) == sorted(await regions.receipts())
        assert len(set(receipts)) == 3
        sequences = [
            message["sequence"]
            for each in shown
            for message in each["messages"]
            if message["direction"] == "sent"
        ]
        assert sequences == [1, 2, 3]


@pytest.mark.parametrize("minutes", [-7, 7])
async def test_a_partner_whose_clock_is_off_by_minutes_is_not_believed_until_it_is_set_right(
    tmp_path, minutes
):
    async with apart(tmp_path) as regions:
        regions.gx.clock.now += timedelta(minutes=minutes)

        wrong = await asked(regions)
        regions.gx.clock.now = regions.gd.clock.now
        right = await asked(regions)

        assert (wrong.status, wrong.problem) == (503, "provider-unavailable")
        assert right.status == 201


async def test_a_message_from_a_clock_that_is_ahead_waits_and_is_taken_once(tmp_path):
    async with apart(tmp_path) as regions:
        regions.gx.clock.now += timedelta(minutes=7)
        agent, path = await handed_over(regions.gx, "application-form")
        await offered(regions.to_gd, 2)
        assert await regions.receipts() == []

        regions.gd.clock.now = regions.gx.clock.now
        await becomes(agent, path, "RECEIVED")

        assert len(await regions.receipts()) == 1


async def test_nobody_in_between_and_no_log_line_learns_who_it_is_about(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    async with apart(tmp_path) as regions:
        await asked(regions)
        agent, path = await forwarded(regions)
        case = (await regions.gd.official("clerk", authority=AUTHORITY).get("/v1/cases")).body
        clerk = regions.gd.official("clerk", authority=AUTHORITY)
        told = {"deficiencies": {"contribution-record": f"of {RESIDENT['name_zh']}"}}
        await clerk.act(case["cases"][0]["id"], "correction-requests", told)
        await becomes(agent, path, "CORRECTION_REQUESTED")
        seen = bytes(regions.to_gd.seen + regions.to_gx.seen)
        health = [(await each.anyone.get("/health")).content for each in regions.both]
        shown = [repr(regions.gd.app[PARTNER_KEYS].known).encode(), *health]

    homes = b"".join(
        path.read_bytes()
        for name in (GD, GX)
        for path in sorted((tmp_path / name).rglob("*"))
        if path.is_file() and "views" not in path.parts
    )
    assert len(seen) > 10_000
    for personal in forms_of(RESIDENT["document_number"], RESIDENT["name_zh"], "Nanning"):
        assert personal not in seen
        assert personal not in caplog.text.encode()
        assert personal not in b"".join(shown)
        assert personal not in homes


def forms_of(*texts: str) -> set[bytes]:
    """The ways in which a text may stand somewhere."""
    plain = [text.encode() for text in texts]
    return {
        form
        for text in texts
        for form in (
            text.encode(),
            text.encode("utf-16-le"),
            json.dumps(text)[1:-1].encode(),
            quote(text).encode(),
            text.encode().hex().encode(),
        )
    } | {b64encode(each).rstrip(b"=")[:-1] for each in plain}


async def forwarded(regions: Apart):
    """Forward an application, and return with whose session and where it is followed."""
    agent, path = await handed_over(regions.gx, "application-form")
    await becomes(agent, path, "RECEIVED")
    return agent, path


async def asked(regions: Apart):
    """Have Guangxi asked by a clerk in Guangdong."""
    return await regions.gd.official("clerk").post("/v1/verifications/regions", ASKED)
