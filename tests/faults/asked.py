"""What whoever asks over HTTP is told while the disk fails, and afterwards."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.audit import audit
from ledger.http import FOLLOWER
from ledger.opening import all_views
from tests.faults.disk import Disk
from tests.service.running import FORM, ITEM, Service, running
from tests.service.visitor import Answer, Visitor

LOG = "ledger.sqlite-wal"
_A_MOMENT = 0.5
_APPLICATION = {"item": ITEM, "form": FORM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """A service, somebody who may apply there, and a first case that was acknowledged."""

    service: Service
    applicant: Visitor
    first: str

    async def apply(self, key: str) -> Answer:
        return await self.applicant.post(
            "/v1/cases", _APPLICATION, headers={"Idempotency-Key": key}
        )

    async def goes_on(self, key: str) -> None:
        """The same request is accepted now, once, and all of the log holds."""
        again = await self._applied(key)
        assert again.status == 201, again.body
        assert (await self.apply(key)).body == again.body
        opened = {self.first, again.body["case_id"]}
        ledger, follower = self.service.ledger, self.service.app[FOLLOWER]
        assert await asyncio.to_thread(follower.wait_for, ledger.head, 10.0)
        listed = await self.applicant.get("/v1/cases")
        assert {case["id"] for case in listed.body["cases"]} == opened
        assert audit(ledger, self.service.home.views, all_views(ledger)).wrong == ()

    async def _applied(self, key: str) -> Answer:
        """Apply as who is told to try again does, for a while."""
        for _ in range(20):
            answer = await self.apply(key)
            if answer.status != 503:
                break
            await asyncio.sleep(0.5)
        return answer

    async def is_unavailable(self, key: str) -> None:
        """A request is told so, as a problem; nothing of it is kept; reads go on."""
        head = self.service.ledger.head
        answer = await self.apply(key)
        assert answer.status == 503, (answer.status, answer.body)
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.problem == "unavailable"
        assert self.service.ledger.head == head
        shown = await self.applicant.get(f"/v1/cases/{self.first}")
        assert shown.status == 200


@asynccontextmanager
async def applying(folder: Path, **settings: Any) -> AsyncIterator[Applying]:
    """Run a service of these settings on a home in `folder`."""
    async with running(folder / "home", **settings) as service:
        applicant = await service.applicant()
        first = await applicant.post("/v1/cases", _APPLICATION)
        assert first.status == 201
        yield Applying(service=service, applicant=applicant, first=first.body["case_id"])


async def log_is_full(folder: Path, disk: Disk) -> None:
    async with applying(folder) as there:
        with disk.full(LOG):
            await there.is_unavailable("one")
            await there.is_unavailable("one")
        await there.goes_on("one")


async def disk_is_full(folder: Path, disk: Disk) -> None:
    async with applying(folder) as there:
        with disk.full("/home/"):
            await there.is_unavailable("one")
        await there.goes_on("one")


async def log_is_not_synced(folder: Path, disk: Disk) -> None:
    async with applying(folder) as there:
        with disk.unsynced(LOG):
            await there.is_unavailable("one")
        await there.goes_on("one")


async def head_cannot_be_kept(folder: Path, disk: Disk) -> None:
    """What was committed is answered for: the head is signed anew when there is room."""
    async with applying(folder) as there:
        with disk.full("checkpoint"):
            answer = await there.apply("one")
            assert answer.status == 201, answer.body
            published = await there.service.anyone.get("/log/checkpoint")
            size = int(published.content.splitlines()[1])
            assert size == there.service.ledger.head
        await there.goes_on("one")


async def views_are_full(folder: Path, disk: Disk) -> None:
    """Commands are accepted; health tells that the views are behind, until they are not."""
    async with applying(folder) as there:
        with disk.full("/views/"):
            answer = await there.apply("one")
            assert answer.status == 201, answer.body
            await _becomes(there.service, 503)
        await _becomes(there.service, 200)
        await there.goes_on("one")


async def materials_are_full(folder: Path, disk: Disk) -> None:
    async with applying(folder) as there:
        with disk.full("/materials/"):
            digest = "0" * 64
            answer = await there.applicant.call(
                "PUT", f"/v1/materials/{digest}", data=b"%PDF-1.4\n"
            )
            assert answer.status in (422, 503), answer.body
        assert await there.applicant.upload()
        await there.goes_on("one")


async def log_is_locked(folder: Path, _disk: Disk) -> None:
    """Another program holds the database for a moment: whoever asks waits that long."""
    async with applying(folder) as there:
        with closing(sqlite3.connect(there.service.home.log, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            asked = asyncio.create_task(there.apply("one"))
            await asyncio.sleep(_A_MOMENT)
            assert not asked.done()
            other.execute("ROLLBACK")
            assert (await asked).status == 201
        await there.goes_on("one")


async def _becomes(service: Service, status: int) -> None:
    for _ in range(200):
        if (await service.anyone.get("/health")).status == status:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"health did not become {status}")
