"""The service and iAM Smart's simulator, every flow of theirs, over real HTTP.

What the desk makes of a provider in general is tested with one in memory; here is
what only the wire between shows.
"""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from yarl import URL

from adapters.hk import IamSmartSettings
from adapters.hk.resilience import FAILURES_TO_OPEN
from adapters.hk.simulator import SimulatorSettings
from adapters.hk.simulator import create_app as create_simulator
from adapters.hk.simulator.callback import CALLBACKS, Callbacks
from adapters.hk.simulator.desk import DESK, Desk
from adapters.hk.simulator.switches import UNTIL_OFF, Switch
from adapters.hk.wire import Credentials
from ledger.http import LEDGER
from server import create_app
from service.edge import Edge
from service.settings import Settings
from tests.ledger.ledgers import SetClock, check_log
from tests.service.running import ITEM, MORNING, prepared, serving, visiting
from tests.service.visitor import Answer, Visitor

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
CREDENTIALS = Credentials(client_id="tongban-test", secret="only-for-tests")
DIGEST = sha256(b"The wording of a commitment.").hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """The service, iAM Smart's simulator, and a browser between them."""

    http: ClientSession
    elsewhere: ClientSession
    simulated: Desk
    callbacks: Callbacks
    clock: SetClock

    async def begin(self, who: Visitor | None = None, **changes: Any) -> dict[str, Any]:
        asked = {"method": "iamsmart", "purpose": ITEM, **changes}
        begun = await (who or Visitor(self.http)).post("/v1/verifications", asked)
        assert begun.status == 201, begun.body
        return {**begun.body, "browser": begun.headers["Set-Cookie"].partition(";")[0]}

    async def sign_in(self, begun: dict[str, Any], resident: str = "chan") -> URL | None:
        """Approve on the first page and come back; return the second page, if there is one."""
        form = {"resident": resident, "decision": "approve"}
        post = self.elsewhere.post(begun["page"], data=form, allow_redirects=False)
        async with post as response:
            back = response.headers["Location"]
        headers = {"Cookie": begun["browser"]}
        get = self.elsewhere.get(back, headers=headers, allow_redirects=False)
        async with get as response:
            assert response.status in (200, 303), await response.text()
            page = response.headers.get("Location")
            if page is None:
                further = re.search(r'href="([^"]+)"', await response.text())
                page = None if further is None else unescape(further[1])
            return None if page is None else URL(page)

    async def answer(self, page: URL | None, decision: str = "approve") -> None:
        assert page is not None
        async with self.elsewhere.post(page, data={"decision": decision}) as response:
            assert response.status == 200, await response.text()

    async def result(self, begun: dict[str, Any]) -> Answer:
        """Collect, as soon as there is something to collect."""
        path = f"/v1/verifications/{begun['id']}/result"
        for _ in range(200):
            told = await Visitor(self.http).post(path, {"claim": begun["claim"]})
            if told.body.get("status") != "pending":
                return told
            await asyncio.sleep(0.02)
        raise AssertionError("nothing came of it")

    async def applicant(self) -> Visitor:
        begun = await self.begin()
        await self.sign_in(begun)
        told = await self.result(begun)
        assert told.body["status"] == "succeeded", told.body
        return Visitor(self.http, told.body["session"])

    async def cautions(self) -> list[str]:
        told: list[str] = (await Visitor(self.http).get("/health")).body["cautions"]
        return told

    def turn_on(self, *switches: Switch, times: int = 1) -> None:
        self.simulated.switches.set(dict.fromkeys(switches, times))


@pytest.fixture
async def two(tmp_path) -> AsyncIterator[Two]:
    async with running(tmp_path) as both:
        yield both


@asynccontextmanager
async def running(folder: Path, *, certified: bool = True) -> AsyncIterator[Two]:
    clock = SetClock(MORNING)
    prepared(folder)
    simulator = create_simulator(
        SimulatorSettings(credentials=CREDENTIALS, public_key=KEY.public_key()),
        clock=clock,
        random_bytes=os.urandom,
    )
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with serving(simulator) as hong_kong:
        callback = f"{url}/v1/verifications/callbacks/iamsmart"
        issuers = simulator[DESK].signatory.authority() if certified else b""
        iamsmart = IamSmartSettings(
            base_url=hong_kong,
            client_id=CREDENTIALS.client_id,
            secret=CREDENTIALS.secret,
            private_key=PEM,
            redirect_uri=callback,
            callback_uri=callback,
            signature_issuers=issuers,
        )
        settings = Settings(home=folder, tick_seconds=3600, public_url=url, iamsmart=iamsmart)
        app = create_app(settings, Edge(clock=clock))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        try:
            async with visiting(url) as http, ClientSession() as elsewhere:
                yield Two(
                    http=http,
                    elsewhere=elsewhere,
                    simulated=simulator[DESK],
                    callbacks=simulator[CALLBACKS],
                    clock=clock,
                )
                check_log(app[LEDGER])
        finally:
            await runner.cleanup()


async def test_an_operator_is_told_where_whoever_makes_a_certificate_signs(two, tmp_path):
    assert await two.cautions() == []

    async with running(tmp_path / "careless", certified=False) as careless:
        [caution] = await careless.cautions()
        assert "TONGBAN_IAMSMART_ISSUERS" in caution


async def test_a_resident_steps_up_and_it_is_told(two):
    applicant = await two.applicant()
    begun = await two.begin(applicant, scope="step_up")

    await two.answer(await two.sign_in(begun))

    told = (await two.result(begun)).body
    assert told["status"] == "succeeded"
    assert told["assured"]["authenticated_how"] == "step_up"


async def test_a_resident_has_a_form_filled(two):
    applicant = await two.applicant()
    begun = await two.begin(applicant, scope="form_filling")

    assert await two.sign_in(begun) is None

    told = (await two.result(begun)).body
    assert told["claims"]["mobile_number"] == "5555 0100"


async def test_a_resident_signs_and_iam_smart_hears_that_it_arrived(two):
    applicant = await two.applicant()
    case = {"case_id": str(uuid4()), "document_digest": DIGEST}
    begun = await two.begin(applicant, scope="signing", **case)

    await two.answer(await two.sign_in(begun))

    told = (await two.result(begun)).body
    assert (told["status"], told["document_digest"]) == ("succeeded", DIGEST)
    transaction = begun["id"].replace("-", "")
    assert two.simulated.acknowledged.get(transaction) == "success"


async def test_somebody_else_cannot_step_up_for_a_resident(two):
    applicant = await two.applicant()
    begun = await two.begin(applicant, scope="step_up")

    assert await two.sign_in(begun, resident="wong") is None

    assert (await two.result(begun)).body["reason"] == "another_person"


@pytest.mark.parametrize("decision", ["cancel", "reject", "time-out"])
async def test_who_does_not_show_their_face_does_not_step_up(two, decision):
    applicant = await two.applicant()
    begun = await two.begin(applicant, scope="step_up")

    await two.answer(await two.sign_in(begun), decision)

    assert (await two.result(begun)).body["status"] == "failed"


async def test_a_callback_that_comes_twice_counts_once(two):
    two.turn_on(Switch.CALLBACK_TWICE)
    begun = await two.begin()
    await two.sign_in(begun)
    await two.callbacks.idle()

    assert (await two.result(begun)).body["status"] == "succeeded"


async def test_a_callback_that_comes_too_late_changes_nothing(two):
    async def late(seconds: float) -> None:
        two.clock.now += timedelta(minutes=16)

    two.turn_on(Switch.CALLBACK_LATE)
    two.simulated.sleep = late
    begun = await two.begin()
    await two.sign_in(begun)
    await two.callbacks.idle()

    assert (await two.result(begun)).body == {"status": "expired"}


@pytest.mark.parametrize("switch", [Switch.WRONG_SIGNATURE, Switch.WRONG_DOCUMENT])
async def test_a_forged_answer_about_a_signature_changes_nothing(two, switch):
    applicant = await two.applicant()
    case = {"case_id": str(uuid4()), "document_digest": DIGEST}
    begun = await two.begin(applicant, scope="signing", **case)
    two.turn_on(switch)
    await two.answer(await two.sign_in(begun))

    await two.callbacks.idle()

    two.clock.now += timedelta(minutes=16)

    assert (await two.result(begun)).body == {"status": "expired"}
    assert two.simulated.acknowledged.get(begun["id"].replace("-", "")) is None


async def test_whoever_meets_a_provider_left_alone_is_told_when_to_come_back(two):
    await two.applicant()
    begun = [await two.begin() for _ in range(FAILURES_TO_OPEN + 1)]
    codes = [await code_of(two, one) for one in begun]
    two.turn_on(Switch.DOWN, times=UNTIL_OFF)

    answers = [await back(two, one, code) for one, code in zip(begun, codes, strict=True)]

    assert {answer.status for answer in answers} == {503}
    assert answers[0].headers["Retry-After"] == "30"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 30
    assert "left alone" in answers[-1].body["detail"]


async def code_of(two: Two, begun: dict[str, Any]) -> str:
    form = {"resident": "chan", "decision": "approve"}
    post = two.elsewhere.post(begun["page"], data=form, allow_redirects=False)
    async with post as response:
        return URL(response.headers["Location"]).query["code"]


async def back(two: Two, begun: dict[str, Any], code: str) -> Answer:
    params = {"state": URL(begun["page"]).query["state"], "code": code}
    path = "/v1/verifications/callbacks/iamsmart"
    return await Visitor(two.http).get(path, params=params)
